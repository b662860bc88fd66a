#!/usr/bin/awk -f
# The failed tests of a trx file: name and first lines of the message.
function plain(text) {
  gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text); gsub(/&quot;/, "\"", text); gsub(/&#xD;/, "", text)
  gsub(/&amp;/, "\\&", text)
  return text
}
/<UnitTestResult / {
  bad = /outcome="Failed"/
  if (bad && match($0, /testName="[^"]*"/)) print "  FAILED " plain(substr($0, RSTART + 10, RLENGTH - 11))
  lines = 0
}
bad && /<Message>/ { in_message = 1; sub(/.*<Message>/, "") }
in_message {
  text = $0
  ends = sub(/<\/Message>.*/, "", text)
  if (lines++ < 12 && text != "") print "    " plain(text)
  if (ends) in_message = 0
}

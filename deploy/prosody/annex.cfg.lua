-- Annex for Prosody 0.12 and later, with the package prosody-modules (0.12 needs it for delegation and privilege).
--
-- Put it at the end of the configuration (Debian: /etc/prosody/conf.d/annex.cfg.lua), write your domain for
-- example.org and a long random secret for each CHANGE-ME, and take out the services that you do not run.
--
-- Annex takes the place of Prosody's own modules, and clients use the first that they find. So take out of your
-- configuration: Component "..." "muc", Component "..." "http_file_share" (or "http_upload"), and, from every
-- modules_enabled, "turn_external", "external_services", "http_file_share" and "http_upload".
--
-- The component port has no TLS. Keep it on the loopback interface (the default) or on a private network.
-- If your VirtualHost has a list modules_enabled of its own, add the five names to that one instead: a second list
-- replaces the first.

VirtualHost "example.org"
  modules_enabled = { "delegation"; "privilege"; "cloud_notify"; "smacks"; "annex_accounts" }
  modules_disabled = { "turn_external"; "external_services"; "http_file_share"; "http_upload" }
  -- A deleted account is forgotten by all five services. The module stands beside this file: copy
  -- modules/mod_annex_accounts.lua into a folder of plugin_paths (Debian: /usr/lib/prosody/modules), or take the name out.
  annex_accounts_component = "muc.example.org"
  -- TURN discovery (XEP-0215) is answered by Annex on behalf of the server (XEP-0355).
  delegations = {
    ["urn:xmpp:extdisco:2"] = { jid = "turn.example.org" };
    ["urn:xmpp:extdisco:1"] = { jid = "turn.example.org" };
  }
  -- Presence tells turn-discovery who is online, so that it can push new credentials (XEP-0356).
  privileged_entities = {
    ["turn.example.org"] = { presence = "managed_entity" };
  }

Component "muc.example.org"
  component_secret = "CHANGE-ME-muc"
  name = "Rooms"

Component "upload.example.org"
  component_secret = "CHANGE-ME-upload"
  name = "File upload"

Component "push.example.org"
  component_secret = "CHANGE-ME-push"
  name = "Push notifications"

Component "turn.example.org"
  component_secret = "CHANGE-ME-turn"
  name = "TURN discovery"
  modules_enabled = { "delegation"; "privilege" }

Component "search.example.org"
  component_secret = "CHANGE-ME-search"
  name = "Channel search"

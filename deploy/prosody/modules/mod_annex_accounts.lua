-- Tells Annex that an account was deleted, so that muc, upload, push, turn-discovery and search forget it.
--
-- Copy this file into a folder of plugin_paths and add "annex_accounts" to modules_enabled of each VirtualHost whose
-- users Annex serves:
--
--   VirtualHost "example.org"
--     modules_enabled = { "annex_accounts" }
--     annex_accounts_component = "muc.example.org"
--
-- What Annex has not confirmed yet is kept on disk and told again, so a deletion is not lost while Annex, or Prosody
-- itself, is away. Accounts deleted by "prosodyctl deluser" are deleted beside the running server, which no module hears
-- of: use "prosodyctl shell user delete", the ad-hoc command, or the client's own "delete account".

local st = require "util.stanza";
local new_id = require "util.id".medium;

local component = assert(module:get_option_string("annex_accounts_component"),
	"annex_accounts_component has to be the address of Annex's muc");
local retry_after = module:get_option_number("annex_accounts_retry", 60); -- seconds
local namespace = "urn:annex:accounts:0";

-- One entry for the whole host: what stands under the user's own name goes with the account.
local store = module:open_store("annex_accounts", "keyval");
local pending = store:get(nil) or {};
local asked = {}; -- in this moment, so that nobody is told twice at once

local function save()
	local ok, err = store:set(nil, next(pending) and pending or nil);
	if not ok then
		module:log("error", "The news of a deleted account could not be written down: %s", err);
	end
end

local function tell(username)
	if asked[username] then return; end
	asked[username] = true;
	local jid = username .. "@" .. module.host;
	local iq = st.iq({ type = "set", id = new_id(), from = module.host, to = component })
		:tag("removed", { xmlns = namespace, jid = jid });
	local function keep(why)
		asked[username] = nil;
		module:log("warn", "Annex did not take the news of a deleted account (%s); it will be told again", why);
	end
	module:send_iq(iq, nil, 30):next(function (answer)
		-- An error that Prosody itself makes, since the component is not connected, comes here as well.
		if answer.stanza.attr.type ~= "result" then return keep("an error"); end
		asked[username] = nil;
		pending[username] = nil;
		save();
		module:log("info", "Annex forgets a deleted account");
	end, keep);
end

module:hook_global("user-deleted", function (event)
	if event.host ~= module.host then return; end
	pending[event.username] = os.time();
	save();
	tell(event.username);
end);

module:add_timer(5, function ()
	for username in pairs(pending) do
		tell(username);
	end
	return retry_after;
end);

"""TGT130 to TGT139: pfSense and OPNsense. Part of `tgt`."""

from typing import Final

from generator.codes import Code

PFSENSE_CODES: Final = (
    Code(
        "TGT130",
        "error",
        "a list that an alias does not hold",
        "pfSense's GUI saves an alias with at most 5,000 entries. A longer list is a URL table: pfSense fetches a plain file from\n"
        "your web server and again every few days. `list_url` says where you put the files that `render` writes.",
        "pfSense 2.7.2: alias-utils.inc, $max_alias_addresses; docs.netgate.com: URL Table Aliases",
    ),
    Code(
        "TGT131",
        "error",
        "a list that is to be fetched from nowhere",
        "`lists: url` makes every list of networks an alias that the firewall fetches from a web server of yours; `list_url` says\n"
        "where it finds the files that `render` writes, as a URL that ends before the file's name.",
        "gatepost's own rule; docs/ARCHITECTURE.md",
    ),
    Code(
        "TGT132",
        "note",
        "what the REST API of pfSense can't say",
        "The package pfSense-pkg-RESTAPI has no field for a limit on connections and knows aliases of hosts, networks and ports,\n"
        "not URL tables. So the files with its calls are not written; `gatepost merge` and the playback session say all of it.",
        "pfSense-pkg-RESTAPI 2: models FirewallAlias and FirewallRule",
    ),
    Code(
        "TGT133",
        "warning",
        "more prefixes than the tables of pf hold by default",
        "All tables of a firewall together hold as many entries as System > Advanced > Firewall > Maximum Table Entries says; the\n"
        "list of bogon networks alone has over 150,000. A table that does not fit is not loaded.",
        "pfSense: upgrade_config.inc sets 400,000; OPNsense: filter.inc, filter_default_table_entries",
    ),
)

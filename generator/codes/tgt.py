"""TGT: targets, their options and templates, and what a target cannot hold."""

from typing import Final

from generator.codes import Code
from generator.codes.tgt_aws import AWS_CODES
from generator.codes.tgt_azure import AZURE_CODES
from generator.codes.tgt_cloud import CLOUD_CODES
from generator.codes.tgt_dovecot import DOVECOT_CODES
from generator.codes.tgt_gcp import GCP_CODES
from generator.codes.tgt_merge import MERGE_CODES
from generator.codes.tgt_output import OUTPUT_CODES
from generator.codes.tgt_pfsense import PFSENSE_CODES
from generator.codes.tgt_postfix import POSTFIX_CODES

_OURS = "gatepost's own rule; docs/ARCHITECTURE.md"

CODES: Final = (
    Code(
        "TGT001",
        "error",
        "a target manifest in a folder of another name",
        "A target is a folder with a `target.yaml`. The folder's name is what `-t` and a site's `targets:` say, so the manifest has to\n"
        "say the same.",
        _OURS,
    ),
    Code(
        "TGT002",
        "error",
        "a target manifest with an unknown lowering",
        "`lowering:` names the function that turns a plan into what the templates print. A target of your own uses one of the shipped\n"
        "functions.",
        _OURS,
    ),
    Code(
        "TGT003",
        "error",
        "a target that does not exist",
        "`gatepost targets list` shows the targets, those of your own `--templates` folders included.",
        _OURS,
    ),
    Code(
        "TGT004",
        "error",
        "a manifest whose default contradicts its own option",
        "The default of an option in a `target.yaml` must be a value that a site could write.",
        _OURS,
    ),
    Code(
        "TGT005",
        "error",
        "a manifest that does not fit its lowering",
        "A target of your own declares every option and limit of the shipped target with the same lowering, and offers no choice that\n"
        "this one does not know; the values are yours.",
        _OURS,
    ),
    Code(
        "TGT006",
        "error",
        "a template that does not exist",
        "Templates lie beside the target's manifest or in a folder given with `--templates`.",
        _OURS,
    ),
    Code(
        "TGT007",
        "error",
        "a template that can't be filled",
        "The template has a mistake in its syntax, or asks for something that the view does not have.",
        "jinja.palletsprojects.com: Template Designer Documentation; undefined names are errors here",
    ),
    Code(
        "TGT008",
        "error",
        "an output whose file name does not fit its `each`",
        "An output with `each:` has a file for every item of a list of the view, so its `file:` holds `{name}`, the item's name. Without\n"
        "`each:` an output is one file.",
        _OURS,
    ),
    Code(
        "TGT010",
        "error",
        "an option that the target does not have",
        "`gatepost targets show NAME` lists the options of a target with their types and defaults.",
        _OURS,
    ),
    Code(
        "TGT011",
        "error",
        "a value that the option does not take",
        "Options are typed: true or false, a whole number, one of several words, a text, a list. `gatepost targets show NAME` tells which.",
        _OURS,
    ),
    Code(
        "TGT020",
        "error",
        "a connection limit that would refuse a connector",
        "A firewall counts connections per source address over all services and mailboxes, and a connector often comes from few\n"
        "addresses. A limit below connections per mailbox × mailboxes refuses it in the middle of its work.",
        "HubSpot: at most five simultaneous connections per mailbox (knowledge.hubspot.com); nft(8), ct count",
    ),
    Code(
        "TGT021",
        "error",
        "`destination: server` without server addresses",
        "The option limits the rules to the addresses under `server.addresses`, and the site lists none: nothing would be matched.",
        _OURS,
    ),
    Code(
        "TGT022",
        "note",
        "an address family that the destination leaves untouched",
        "The rules match the listed destination addresses alone, and none of them is of this family. If the host can be reached over it,\n"
        "the services stay as open there as they were: list its addresses, or, where the target knows it, write `destination: any`.",
        _OURS,
    ),
    Code(
        "TGT023",
        "warning",
        "an address family of the server that the destination leaves out",
        "`server.addresses` has an address of this family, so connectors and others can reach the server over it; the rules match other\n"
        "destinations alone, and leave the services over this family as open or closed as they were.",
        _OURS,
    ),
    Code(
        "TGT025",
        "warning",
        "a target that `all` leaves out",
        "`-t all` writes every target that can say the site. One that can't, often because it has to be told something first, is left out\n"
        "unless the site names it under `targets:`, or `-t` does: then it is an error.",
        _OURS,
    ),
    *OUTPUT_CODES,
    Code(
        "TGT100",
        "note",
        "a long list without ipsets",
        "In the plain layout of iptables every new connection to a service, a stranger's too, is compared with the prefixes one by one.\n"
        "`layout: auto` and `layout: ipset` put the list into an ipset, where a lookup costs the same at any length.",
        "measured on Linux 6.18 with iptables 1.8.9: 0.2 ms more for each connection at 10,000 prefixes, nothing with ipset 7.17",
    ),
    *POSTFIX_CODES,
    *DOVECOT_CODES,
    *PFSENSE_CODES,
    *MERGE_CODES,
    *AWS_CODES,
    *AZURE_CODES,
    *GCP_CODES,
    *CLOUD_CODES,
)

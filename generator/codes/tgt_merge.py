"""TGT140 to TGT159: merging into a backup. Part of `tgt`."""

from typing import Final

from generator.codes import Code

_OURS = "gatepost's own rule; generator/merge"
_PFSENSE = "pfSense 2.7.2: backup.inc, xmlparse.inc, pfsense-utils.inc, filter.inc"
_OPNSENSE = "OPNsense 24.1 to 26.7: diag_backup.php, Config.php, Filter.xml, ArrayField.php"

MERGE_CODES: Final = (
    Code(
        "TGT140",
        "error",
        "a backup that can't be read",
        "The file is missing, empty, a directory, not readable, or larger than 64 MiB. A whole configuration has a few megabytes at\n"
        "most, if the data of graphs and packages is left out.",
        _OURS,
    ),
    Code(
        "TGT141",
        "error",
        "a backup in another form than XML in UTF-8",
        "`merge` reads the XML as the firewall itself writes it. An encrypted backup can't be merged without its password, which\n"
        "gatepost never asks for; a compressed one has to be unpacked first.",
        "pfSense: crypt.inc, tagfile_reformat; OPNsense: Backup/Base.php",
    ),
    Code(
        "TGT142",
        "error",
        "a backup that is not well-formed XML",
        "The XML is cut, or was damaged by an editor or a transfer. The message tells the line and column, and never what is there:\n"
        "a backup holds passwords and keys.",
        "XML 1.0, section 2.1",
    ),
    Code(
        "TGT143",
        "error",
        "a backup with what no firewall writes",
        "A document type, with which entities could read other files or grow without end; more than 100 levels, or more than a\n"
        "million elements. None of it is in a real backup, so somebody has made or changed the file.",
        "XML 1.0, section 2.8; gatepost's own bounds in generator/merge/tree.py",
    ),
    Code(
        "TGT144",
        "error",
        "a backup of something else",
        "pfSense's backups begin with `<pfsense>`, or with `<aliases>` or `<filter>` for one area; OPNsense's begin with `<opnsense>`.",
        f"{_PFSENSE}; {_OPNSENSE}",
    ),
    Code(
        "TGT145",
        "error",
        "a backup that the firewall itself would not read as it stands",
        "A section is there twice, has text where only elements belong, or is missing although every release writes it. pfSense\n"
        "refuses such a file, OPNsense reads one half of it; gatepost does not guess which.",
        f"{_PFSENSE}; {_OPNSENSE}",
    ),
    Code(
        "TGT146",
        "error",
        "something that has the number of an object of the site",
        "The trackers of pfSense's rules and the UUIDs of OPNsense's objects have to be unique. Those of a site are made of its\n"
        "rules' names, in a range that no firewall takes from, so something with one of them is most likely a copy.",
        "pfSense 2.7.2: filter.inc, labels and trackers; OPNsense: BaseModel.php",
    ),
    Code(
        "TGT147",
        "error",
        "somebody else's rule or alias with an alias of the site that would vanish",
        "Aliases whose names start with `gatepost_SITE__` come and go with the site. A rule, a NAT rule or another alias that uses one\n"
        "would be left out by the firewall, without a word, as soon as the alias is gone.",
        "pfSense 2.7.2, tried: a rule with an unknown alias becomes a comment in the ruleset",
    ),
    Code(
        "TGT148",
        "error",
        "an interface that the firewall does not have",
        "The option `interface` names the firewall's interfaces by their internal names: wan, lan, opt1. The firewall leaves out rules\n"
        "on an interface that it does not know, without a word.",
        "pfSense 2.7.2, tried: such a rule becomes a comment in the ruleset",
    ),
    Code(
        "TGT149",
        "error",
        "somebody else's rule that OPNsense judges before those of the site",
        "OPNsense judges the rules of an interface by their sequence numbers; among equal ones the order is that of the UUIDs. The\n"
        "site's rules begin at the option `sequence` and have to come first, or another rule decides.",
        "OPNsense: pf.inc, sortedBy(['sequence']); ArrayField.php",
    ),
    Code(
        "TGT150",
        "error",
        "a file that the merged backup can't be written to",
        "The file is written whole, beside its place first, and can be read by its owner alone. It is never the backup itself, which\n"
        "is what undoes the change; links, devices and directories are not written to.",
        "rename(2), fsync(2)",
    ),
    Code(
        "TGT151",
        "error",
        "a template that makes what can't be merged",
        "The templates under `merge:` in a target.yaml make aliases and rules in XML. Every alias has the site's prefix and every rule\n"
        "its mark and a number of its own: otherwise the next merge could neither replace nor remove it.",
        _OURS,
    ),
    Code(
        "TGT152",
        "warning",
        "a backup of one area that does not show enough",
        "A backup of the area Aliases has no rules in it: rules of the earlier version of the site use the aliases that go, until the\n"
        "area Firewall Rules is restored too; meanwhile the firewall leaves them out. A backup of that area has no aliases in it, so\n"
        "it does not show whether two sites are about the same addresses and ports.",
        "pfSense 2.7.2, tried: a rule with an unknown alias becomes a comment in the ruleset",
    ),
    Code(
        "TGT153",
        "warning",
        "a section that the backup does not have",
        "OPNsense writes these sections when it starts, so a backup without them was made by an old release or by hand. Rules in this\n"
        "section need OPNsense 25.1 or later.",
        _OPNSENSE,
    ),
    Code(
        "TGT154",
        "warning",
        "an area that is empty after the removal",
        "pfSense takes an empty area for one that is not there and refuses to restore it.",
        "pfSense 2.7.2: pfsense-utils.inc, restore_config_section",
    ),
    Code(
        "TGT155",
        "warning",
        "a port forward that lets everybody in",
        "With `pass` as its filter rule, a port forward lets through what it forwards, before any rule is asked. The rules of the site\n"
        "close nothing for it.",
        "pf.conf(5), rdr pass; pfSense: filter.inc, associated-rule-id",
    ),
    Code(
        "TGT156",
        "note",
        "rules that are judged first",
        "Floating rules with `quick`, then rules of interface groups, come before the rules of an interface, on both firewalls. One\n"
        "that is about the mail server decides before those of the site.",
        "pfSense: pfsense-utils.inc, get_filter_rules_map; OPNsense: FilterRuleField.php, getPriority",
    ),
    Code(
        "TGT157",
        "error",
        "a backup where the site belongs",
        "The command is `gatepost merge SITE -t TARGET BACKUP -o FILE`. The file is not read as a site, because the lines of a site are\n"
        "shown with its mistakes, and a backup is secret.",
        _OURS,
    ),
    Code(
        "TGT158",
        "error",
        "a target without anything to merge",
        "`merge` is for firewalls that keep their whole configuration in one XML file: pfSense and OPNsense, and targets of your own\n"
        "with the same lowering.",
        _OURS,
    ),
    Code(
        "TGT159",
        "warning",
        "something of your own that bears the site's mark",
        "Aliases whose names start with `gatepost_SITE__`, and rules whose descriptions start with `gatepost SITE: `, are the site's:\n"
        "every merge takes out those that the site does not want. One with another description, or a rule with a tracker that the\n"
        "GUI gave, is most likely a copy that somebody made.",
        _OURS,
    ),
)

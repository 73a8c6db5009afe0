"""Plans and states of Terraform and OpenTofu as `terraform show -json` prints them, for the firewall rules of the three clouds in them.

The values are put into the words of each cloud's own API, and read by its reader. In a plan they are those after it was applied.

Sources: "JSON Output Format" of Terraform; the schemas of hashicorp/aws, hashicorp/azurerm and hashicorp/google.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from generator.diagnostics import Report
from generator.readers.azure import judge_groups
from generator.readers.cloud_rules import listed_objects
from generator.readers.documents import inside, load_json, objects, texts, top
from generator.readers.gcp import judge_firewalls
from generator.readers.model import Chain, Ruleset
from generator.readers.outside import Outside
from generator.readers.parts import RuleMistakeError
from generator.readers.terraform_aws import judge_aws
from generator.readers.terraform_resource import Resource

WHAT: Final = "what Terraform prints about a plan or a state"
HINT: Final = "make it with: terraform show -json PLANFILE"
_AWS: Final = ("aws_vpc_security_group_ingress_rule", "aws_security_group_rule", "aws_security_group", "aws_default_security_group")
_AZURE_RULE, _AZURE_GROUP, _GCP = "azurerm_network_security_rule", "azurerm_network_security_group", "google_compute_firewall"
# Rules of other languages that stand in the way as well.
_NOT_READ: Final = (
    *("aws_network_acl", "aws_network_acl_rule", "aws_networkfirewall_rule_group", "azurerm_firewall_network_rule_collection"),
    *("azurerm_firewall_policy_rule_collection_group", "google_compute_firewall_policy_rule"),
    *("google_compute_network_firewall_policy_rule", "google_compute_region_network_firewall_policy_rule"),
)
# The words of the provider for the properties of Azure's API.
_AZURE_WORDS: Final = {
    **{"name": "name", "description": "description", "priority": "priority", "direction": "direction", "access": "access"},
    **{"protocol": "protocol", "source_port_range": "sourcePortRange", "source_port_ranges": "sourcePortRanges"},
    **{"source_address_prefix": "sourceAddressPrefix", "source_address_prefixes": "sourceAddressPrefixes"},
    **{"destination_address_prefix": "destinationAddressPrefix", "destination_address_prefixes": "destinationAddressPrefixes"},
    **{"destination_port_range": "destinationPortRange", "destination_port_ranges": "destinationPortRanges"},
}
_AZURE_GROUPS: Final = {
    "source_application_security_group_ids": "sourceApplicationSecurityGroups",
    "destination_application_security_group_ids": "destinationApplicationSecurityGroups",
}
_GCP_WORDS: Final = {
    **{"name": "name", "description": "description", "network": "network", "direction": "direction", "priority": "priority"},
    **{"source_ranges": "sourceRanges", "source_tags": "sourceTags", "source_service_accounts": "sourceServiceAccounts"},
    **{"destination_ranges": "destinationRanges", "target_tags": "targetTags", "disabled": "disabled"},
    **{"target_service_accounts": "targetServiceAccounts"},
}


def read_terraform(text: str, path: str, outside: Outside, report: Report) -> Ruleset | None:
    """The ruleset of a plan or a state. None after an error; what isn't understood is a finding, and a doubt about what it touches."""
    document = _load(text, path, report)
    if document is None:
        return None
    try:
        resources = list(_resources(document))
    except RuleMistakeError:
        report.add("AUD001", top(path), f"this is not {WHAT}: a resource has no form that is known", hint=HINT)
        return None
    for one in dict.fromkeys(resource.kind for resource in resources if resource.kind in _NOT_READ):
        report.add("AUD025", top(path), f"the rules of `{one}` are not read", hint="see that they leave the mail ports to the others")
    for address in _left_alone(document):
        report.add("AUD025", top(path), f"`{address}` stays as it is, and is not read", hint="see that it leaves the mail ports alone")
    rulesets = []
    if any(one.kind in _AWS for one in resources):
        rulesets.append(judge_aws(resources, document, path, report))
    if any(one.kind in (_AZURE_RULE, _AZURE_GROUP) for one in resources):
        rulesets.append(_read_azure(resources, path, report))
    if any(one.kind == _GCP for one in resources):
        firewalls = [_firewall(one) for one in resources if one.kind == _GCP]
        rulesets.append(judge_firewalls(firewalls, path, report))
    if not rulesets:
        report.add("AUD001", top(path), "no resource here is a firewall rule of AWS, Azure or GCP", hint=HINT)
        return None
    return _join(rulesets)


def _load(text: str, path: str, report: Report) -> Mapping[str, Any] | None:
    documents = load_json(text, path, WHAT, HINT, report)
    if documents is None:
        return None
    document = documents[0]
    if not isinstance(document, dict) or not ("planned_values" in document or "values" in document or "terraform_version" in document):
        report.add("AUD001", top(path), f"this is not {WHAT}", hint=HINT)
        return None
    if document.get("errored"):
        report.add("AUD001", top(path), "this plan broke off, so not all of it is here", hint=HINT)
        return None
    return document


def _left_alone(document: Mapping[str, Any]) -> Iterator[str]:
    """Rules that are there and not in the plan's values: Terraform forgets them, or leaves them for another plan."""
    deferred = [inside(one, "resource_change") for one in objects(document.get("deferred_changes"))]
    for change in [*objects(document.get("resource_changes")), *deferred]:
        mine = change.get("type") in (*_AWS, _AZURE_RULE, _AZURE_GROUP, _GCP) and change.get("mode") != "data"
        if mine and (change in deferred or "forget" in texts(inside(change, "change").get("actions"))):
            yield str(change.get("address"))


def _join(rulesets: list[Ruleset]) -> Ruleset:
    """One ruleset; of several clouds each is in doubt, for the mail server stands in one of them."""
    doubt = "there are rules of several clouds, and where the mail server stands is not known" if len(rulesets) > 1 else ""
    chains: dict[str, Chain] = {}
    stages = []
    for ruleset in rulesets:
        chains |= ruleset.chains
        stages += [stage._replace(doubt=doubt or stage.doubt) for stage in ruleset.stages]
    return rulesets[0]._replace(stages=tuple(stages), chains=chains)


def _resources(document: Mapping[str, Any]) -> Iterator[Resource]:
    unknown: dict[str, frozenset[str]] = {}
    for change in objects(document.get("resource_changes")):
        after = inside(change, "change", "after_unknown")
        unknown[str(change.get("address"))] = frozenset(key for key, value in after.items() if _has_true(value))
    # A data source that was read before the plan was made is in the prior state alone.
    trees = [document.get("planned_values"), document.get("values"), inside(document, "prior_state").get("values")]
    seen: set[str] = set()
    for number, tree in enumerate(trees):
        for one in _modules(_object(_object(tree).get("root_module"))):
            address = str(one.get("address"))
            if address in seen or (number == len(trees) - 1 and one.get("mode") != "data"):
                continue
            seen.add(address)
            known = unknown.get(address, frozenset())
            yield Resource(address, str(one["type"]), one.get("index"), _object(one.get("values")), known)


def _object(value: Any) -> Mapping[str, Any]:
    """The object, or an empty one for nothing.

    Raises:
        RuleMistakeError: it is something else.
    """
    found: Mapping[str, Any] = {} if value is None else listed_objects([value])[0]
    return found


def _modules(module: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for one in listed_objects(module.get("resources")):
        if not isinstance(one.get("type"), str):
            raise RuleMistakeError("a resource without a type")
        yield one
    for child in listed_objects(module.get("child_modules")):
        yield from _modules(child)


def _has_true(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_true, value.values()))
    return any(map(_has_true, value)) if isinstance(value, list) else value is True


def _read_azure(resources: list[Resource], path: str, report: Report) -> Ruleset:
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for one in resources:
        if one.kind == _AZURE_GROUP:
            name = str(one.values.get("name") or one.address)
            held = one.values.get("security_rule")
            every = held if isinstance(held, list) else [] if held is None else [held]
            rules = [_azure_rule(rule, frozenset()) if isinstance(rule, dict) else {"name": one.address} for rule in every]
            unknown = [{"name": one.address, "what is known after apply": "security_rule"}] if "security_rule" in one.unknown else []
            groups.setdefault(name, []).extend([*rules, *unknown])
    for one in resources:
        if one.kind == _AZURE_RULE:
            name = str(one.values.get("network_security_group_name") or "")
            groups.setdefault(name, []).append(_azure_rule(one.values, one.unknown))
    several = "which of several groups stand before the mail server is not known" if len(groups) > 1 else ""
    return judge_groups(groups.items(), path, report, several)


def _azure_rule(values: Mapping[str, Any], unknown: frozenset[str]) -> dict[str, Any]:
    made: dict[str, Any] = {word: values[key] for key, word in _AZURE_WORDS.items() if values.get(key) not in (None, [], "")}
    for key, word in _AZURE_GROUPS.items():
        held = values.get(key)
        if held:
            made[word] = [{"id": one} for one in held] if isinstance(held, list) else held
    return made | _unknown(unknown & {*_AZURE_WORDS, *_AZURE_GROUPS})


def _firewall(one: Resource) -> dict[str, Any]:
    made: dict[str, Any] = {word: one.values[key] for key, word in _GCP_WORDS.items() if one.values.get(key) not in (None, [], "")}
    for key, word in (("allow", "allowed"), ("deny", "denied")):
        listed = one.values.get(key)
        if listed not in (None, []):
            made[word] = [_entry(entry) for entry in listed] if isinstance(listed, list) else listed
    # The provider fills in the addresses of IPv4 where a rule names no source, and the direction and priority that the API has by default.
    relevant = {*_GCP_WORDS, "allow", "deny"} - {"direction", "priority", "network"}
    filled = {"source_ranges"} if not one.values.get("source_ranges") and made.get("sourceTags") else set()
    return made | _unknown(one.unknown & (relevant - filled - {"destination_ranges"}))


def _entry(entry: Any) -> Any:
    return {"IPProtocol": entry.get("protocol"), "ports": entry.get("ports")} if isinstance(entry, dict) else entry


def _unknown(names: frozenset[str]) -> dict[str, Any]:
    return {"what is known after apply": sorted(names)} if names else {}

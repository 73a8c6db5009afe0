"""Security groups in a CloudFormation template, in YAML or JSON, as `aws cloudformation get-template` prints it; and our own.

What a template computes (conditions, parameters, `Fn::If`) is not known here, so the rule is a doubt.

Sources: AWS::EC2::SecurityGroup, AWS::EC2::SecurityGroupIngress and AWS::EC2::PrefixList of the template reference.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from generator.diagnostics import Report
from generator.readers.aws import Grant, judge_grants
from generator.readers.documents import load_json, top, whole_number
from generator.readers.model import Ruleset
from generator.readers.outside import Outside

WHAT: Final = "a CloudFormation template"
HINT: Final = "make it with: aws cloudformation get-template --stack-name STACK --query TemplateBody"
_SOURCES: Final = ("CidrIp", "CidrIpv6", "SourcePrefixListId", "SourceSecurityGroupId", "SourceSecurityGroupName")
_TEXTS: Final = ("IpProtocol", "FromPort", "ToPort", *_SOURCES)
_INGRESS, _GROUP, _OTHERS = "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroup", "AWS::EC2::NetworkAclEntry"
_COMPUTED: Final = "its rules are computed by the template"


def read_cloudformation(text: str, path: str, outside: Outside, report: Report) -> Ruleset | None:
    """The ruleset of a template. None after an error; a rule that isn't understood is a finding, and a doubt about what it touches."""
    template = _load(text, path, report)
    resources = template.get("Resources") if isinstance(template, dict) else None
    if not isinstance(resources, dict):
        if not report.has_errors:
            report.add("AUD001", top(path), f"this is not {WHAT}", hint=HINT)
        return None
    kinds = [one.get("Type") if isinstance(one, dict) else _COMPUTED for one in resources.values()]
    if not any(str(kind).startswith((_GROUP, _COMPUTED)) for kind in kinds):
        report.add("AUD001", top(path), "no resource here is a security group or a rule of one", hint=HINT)
        return None
    if _OTHERS in kinds:
        report.add("AUD025", top(path), f"the rules of `{_OTHERS}` are not read", hint="see that they leave the mail ports to the groups")
    grants = [grant for name, one in resources.items() for grant in _grants(name, one)]
    return judge_grants(grants, _lists(resources), path, report)


def _load(text: str, path: str, report: Report) -> Any:
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        documents = load_json(text, path, WHAT, HINT, report)
        return documents[0] if documents else None
    from generator.source import SourceFile, parse_yaml, to_data

    # The short forms of functions (`!Ref X`) are tags, of which only the names behind them are left: no address, no port and no list.
    found = Report()
    root = parse_yaml(SourceFile(path, path, text, ""), found)
    strange = next((one for one in found.findings if one.code not in ("YML016", "YML014", "YML015") and one.severity == "error"), None)
    if root is None or strange is not None:
        place = strange.span if strange is not None else top(path)
        why = f": {strange.message}" if strange is not None else ""
        report.add("AUD001", place, f"this is not {WHAT}{why}", hint=HINT)
        return None
    return to_data(root)


def _grants(name: str, resource: Any) -> Iterator[Grant]:
    if not isinstance(resource, dict):  # `Fn::ForEach` makes resources
        yield Grant(name, None, None, None, strange=_COMPUTED)
        return
    values = resource.get("Properties")
    if not isinstance(values, dict):
        return
    doubt = f"whether the condition of `{name}` holds" if "Condition" in resource else ""
    if resource.get("Type") == _INGRESS:
        yield _grant(name, values, doubt)
    elif resource.get("Type") == _GROUP and "SecurityGroupIngress" in values:
        listed = values["SecurityGroupIngress"]
        for block in listed if isinstance(listed, list | tuple) else [listed] if listed else []:
            # `!If [...]` is a list in the list
            yield _grant(name, block, doubt) if isinstance(block, dict) else Grant(name, None, None, None, strange=_COMPUTED)


def _grant(name: str, values: Mapping[str, Any], doubt: str) -> Grant:
    computed = [key for key in _TEXTS if isinstance(values.get(key), dict | tuple | list)]
    listed, group = values.get("SourcePrefixListId"), values.get("SourceSecurityGroupId") or values.get("SourceSecurityGroupName")
    if listed is not None:
        computed = [key for key in computed if key != "SourcePrefixListId"]
    if group is not None:
        computed = [key for key in computed if not key.startswith("SourceSecurityGroup")]
    return Grant(
        place=name,
        protocol=values.get("IpProtocol"),
        first=_number(values.get("FromPort")),
        last=_number(values.get("ToPort")),
        cidr=str(values.get("CidrIp") or values.get("CidrIpv6") or ""),
        listed=_name(listed),
        group=_name(group),
        description=str(values.get("Description") or ""),
        strange=f"its {computed[0]} is computed by the template" if computed else "",
        doubt=doubt,
    )


def _number(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return -1 if value == "-1" else whole_number(value, -2) if value.isdecimal() else value


def _name(value: Any) -> str:
    """What `!Ref X`, `!GetAtt X.Id` and their long forms name."""
    if isinstance(value, dict):
        value = value.get("Ref") or value.get("Fn::GetAtt")
    if isinstance(value, list | tuple):
        value = value[0] if value else None
    return str(value or "").partition(".")[0]


def _lists(resources: Mapping[str, Any]) -> dict[str, list[str]]:
    """The networks of the prefix lists that the template makes, by their names in it."""
    found: dict[str, list[str]] = {}
    for name, one in resources.items():
        values = one.get("Properties") if isinstance(one, dict) and one.get("Type") == "AWS::EC2::PrefixList" else None
        entries = values.get("Entries") if isinstance(values, dict) else None
        if isinstance(entries, list | tuple) and "Condition" not in one:
            found[name] = [str(entry.get("Cidr", "?")) if isinstance(entry, dict) else "?" for entry in entries]
    return found

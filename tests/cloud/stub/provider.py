"""A Terraform provider that knows some resources by their schema alone and talks to no cloud. Run by `terraform`, as `provider.py SCHEMA`.

It says what the real provider says before it goes online: unknown arguments and wrong types (Terraform checks those against the schema),
values that no cloud takes, and which changes mean that an object is destroyed and made anew. Applying writes the state and nothing else.
"""

import json
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

# Of the environment `stub` (.ci/clouds), which mypy does not look into.
import tf.provider  # type: ignore[import-not-found]
from tf.gen import tfplugin_pb2 as pb  # type: ignore[import-not-found]
from tf.gen import tfplugin_pb2_grpc as rpc
from tf.runner import run_provider  # type: ignore[import-not-found]
from tf.types import Unknown  # type: ignore[import-not-found]
from tf.utils import read_dynamic_value, to_dynamic_value  # type: ignore[import-not-found]

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from values import Resource, mistakes  # type: ignore[import-not-found]  # noqa: E402  # beside this file; this is a program, not a module

NESTING = {"list": pb.Schema.NestedBlock.LIST, "set": pb.Schema.NestedBlock.SET, "single": pb.Schema.NestedBlock.SINGLE}


def is_unknown(value: Any) -> bool:
    return value is Unknown or type(value).__name__ == "ExtType"  # an unknown of which something is known


def make_block(part: Resource) -> Any:
    attributes = [
        pb.Schema.Attribute(
            name=name,
            type=json.dumps(one["type"]).encode(),
            required=one.get("is") == "required",
            optional=one.get("is", "optional") in ("optional", "optional computed"),
            computed="computed" in one.get("is", ""),
        )
        for name, one in part["attributes"].items()
    ]
    blocks = [
        pb.Schema.NestedBlock(
            type_name=name,
            block=make_block(one),
            nesting=NESTING[one["nesting"]],
            min_items=one.get("least", 0),
            max_items=one.get("most", 0),
        )
        for name, one in part.get("blocks", {}).items()
    ]
    return pb.Schema.Block(attributes=attributes, block_types=blocks)


class Servicer(rpc.ProviderServicer):  # type: ignore[misc]
    """Answers Terraform's calls (protocol 6) from the schema."""

    def __init__(self, resources: dict[str, Resource]) -> None:
        self.resources = resources

    def GetMetadata(self, request: Any, context: Any) -> Any:  # noqa: N802
        return pb.GetMetadata.Response(resources=[pb.GetMetadata.ResourceMetadata(type_name=name) for name in self.resources])

    def GetProviderSchema(self, request: Any, context: Any) -> Any:  # noqa: N802
        schemas = {name: pb.Schema(version=0, block=make_block(one)) for name, one in self.resources.items()}
        # Any argument of the provider's own configuration is for the real one: features {} of azurerm, region, project.
        empty = {"attributes": {name: {"type": "string"} for name in ("region", "project", "subscription_id")}}
        features = {"features": {"nesting": "list", "attributes": {}}}
        return pb.GetProviderSchema.Response(
            provider=pb.Schema(version=0, block=make_block({**empty, "blocks": features})), resource_schemas=schemas
        )

    def ValidateProviderConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        return pb.ValidateProviderConfig.Response()

    def ConfigureProvider(self, request: Any, context: Any) -> Any:  # noqa: N802
        return pb.ConfigureProvider.Response()

    def ValidateResourceConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        config = read_dynamic_value(request.config)
        found = mistakes(self.resources[request.type_name], config, is_unknown)
        return pb.ValidateResourceConfig.Response(diagnostics=[pb.Diagnostic(severity=pb.Diagnostic.ERROR, summary=text) for text in found])

    def UpgradeResourceState(self, request: Any, context: Any) -> Any:  # noqa: N802
        return pb.UpgradeResourceState.Response(upgraded_state=to_dynamic_value(json.loads(request.raw_state.json)))

    def ReadResource(self, request: Any, context: Any) -> Any:  # noqa: N802
        return pb.ReadResource.Response(new_state=request.current_state)

    def PlanResourceChange(self, request: Any, context: Any) -> Any:  # noqa: N802
        resource = self.resources[request.type_name]
        before, after = read_dynamic_value(request.prior_state), read_dynamic_value(request.proposed_new_state)
        if after is None:
            return pb.PlanResourceChange.Response(planned_state=request.proposed_new_state)
        if before is None:
            computed = [name for name, one in resource["attributes"].items() if "computed" in one.get("is", "")]
            after |= {name: Unknown for name in computed if after[name] is None}
        replaced = [] if before is None else replacing(resource, before, after)
        paths = [pb.AttributePath(steps=[pb.AttributePath.Step(attribute_name=name)]) for name in replaced]
        return pb.PlanResourceChange.Response(planned_state=to_dynamic_value(after), requires_replace=paths)

    def ApplyResourceChange(self, request: Any, context: Any) -> Any:  # noqa: N802
        resource, state = self.resources[request.type_name], read_dynamic_value(request.planned_state)
        if state is None:
            return pb.ApplyResourceChange.Response(new_state=request.planned_state)
        known = json.dumps({name: value for name, value in state.items() if not is_unknown(value)}, sort_keys=True)
        digest = sha256(known.encode()).hexdigest()[:17]
        empty = {"string": resource.get("id_prefix", "") + digest, "number": 1, "bool": False}
        for name, one in resource["attributes"].items():
            if is_unknown(state[name]):
                state[name] = empty[one["type"]] if isinstance(one["type"], str) else {} if one["type"][0] == "map" else []
        return pb.ApplyResourceChange.Response(new_state=to_dynamic_value(state))


def replacing(resource: Resource, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """The arguments whose change means that the object is destroyed and made anew."""
    changed = [name for name, one in resource["attributes"].items() if one.get("replaces") and before[name] != after[name]]
    for names in resource.get("kinds", ()):
        if {name for name in names if before[name] is not None} != {name for name in names if after[name] is not None}:
            changed += names
    return changed


def main(schema: str) -> None:
    resources = json.loads((HERE / f"{schema}.json").read_text(encoding="utf-8"))
    tf.provider.ProviderServicer = lambda provider: Servicer(resources)
    run_provider(None, [])


if __name__ == "__main__":
    main(sys.argv[1])

"""Pages of the files that programs read: run.json, report.json, and the headings of tables."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from typing import Any

import msgspec

from docs.generate.fields import Struct, keys_table, struct_of, structs_in
from docs.generate.keys import MEANINGS
from docs.generate.markdown import code, docstring, page, prose, table
from harness import model
from harness.home import package_folder
from harness.model import Outcome
from harness.report.tables.glossary import MEANINGS as HEADINGS

RUN_SCHEMA = "run.schema.json"


def run_json() -> str:
    """Return the page of ``run.json``, one table for each kind of object in it."""
    parts = [
        f"`results/<run>/run.json`, version {model.SCHEMA} of its form; "
        f"[{RUN_SCHEMA}]({RUN_SCHEMA}) is the same as JSON Schema. It is read strictly: an unknown "
        "key is an error. Times whose name ends in `_ns` are nanoseconds, in `_s` seconds."
    ]
    for struct in structs_in(_run()):
        said = docstring(inspect.getdoc(struct))
        parts += [f"## {struct.__name__}", said, keys_table(struct, link=_link)]
    return page("run.json", "harness/model.py", *parts)


def run_schema() -> str:
    """Return the JSON Schema of ``run.json``."""
    schema = msgspec.json.schema(_run())
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps({**dialect, **schema}, indent=1, ensure_ascii=False) + "\n"


def _run() -> Struct:
    return struct_of(model, "schema", "plan", "trials", "environments")


def _link(struct: Struct) -> str:
    return f"[{struct.__name__}](#{struct.__name__.lower()})"


def report_json() -> str:
    """Return the page of ``report.json``, from the schema that is shipped."""
    path = package_folder("harness") / "report" / "schema.json"
    definitions = json.loads(path.read_text(encoding="utf-8"))["$defs"]
    parts = [
        "Written by `harness report --format json`: the whole report as data, from which every "
        "other format is made. Its JSON Schema is `harness/report/schema.json`, in the wheel too. "
        "The outermost object is a [Document](#document)."
    ]
    for name, found in definitions.items():
        parts += [f"## {name}", docstring(found.get("description"))]
        required = found.get("required", [])
        rows = [
            (code(key), _type(kind), "yes" if key in required else _default(kind))
            for key, kind in found.get("properties", {}).items()
        ]
        if rows:
            parts.append(table(("key", "type", "required, or default"), rows))
    return page("report.json", "harness/report/schema.json", *parts)


def _type(kind: Mapping[str, Any]) -> str:
    if "$ref" in kind:
        name = kind["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in kind:
        return " or ".join(_type(each) for each in kind["anyOf"])
    if "enum" in kind:
        return " or ".join(code(each) if each else "empty" for each in kind["enum"])
    if kind.get("type") == "array":
        inner = kind.get("items")
        tuples = [_type(each) for each in kind.get("prefixItems", [])]
        return "list of " + (_type(inner) if inner else ", ".join(tuples) or "any value")
    if kind.get("type") == "object":
        inner = kind.get("additionalProperties")
        return f"object of {_type(inner)}" if isinstance(inner, dict) else "object"
    return str(kind.get("type", kind.get("const", "any value")))


def _default(kind: Mapping[str, Any]) -> str:
    return code(json.dumps(kind["default"])) if "default" in kind else "no"


def columns() -> str:
    """Return the page of table headings and outcomes."""
    return page(
        "Columns and outcomes",
        "harness/report/tables/glossary.py",
        "T is the makespan, N the number of steps, P the workers, d a step's own time; see "
        "[Metrics](metrics.md) for the formulas.",
        "## Columns",
        table(
            ("heading", "meaning"), [(code(each), prose(said)) for each, said in HEADINGS.items()]
        ),
        "## Marks",
        table(
            ("mark", "meaning"),
            [
                (
                    code("="),
                    "a tie: the interval of the ratio holds 1, or the ratio is not further "
                    "from 1 than plain Python was from itself",
                ),
                (code("?"), "no interval, because there was one trial"),
                (code("!"), "trials differ by 10 % or more"),
                (code("–"), "not measured, or not applicable"),
                (code("<") + " or " + code(">"), "METG beyond the end of the sweep"),
            ],
        ),
        "## Outcomes",
        "Of several repetitions, the worst outcome counts; in this order:",
        table(
            ("outcome", "meaning"),
            [(code(each.value), prose(MEANINGS["outcomes"][each.value])) for each in Outcome],
        ),
    )

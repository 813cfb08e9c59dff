"""Loading a scenario: read, parse, override, validate, check; every problem of the file at once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from whipcount.errors import Place, Problem, ScenarioError
from whipcount.session import not_collecting

from . import overrides as paths
from .accounts import chosen_overrides
from .check import check
from .hints import did_you_mean
from .overrides import Override
from .questionnaire import with_questions
from .reading import decode, read_bytes
from .registry import Registry, from_mechanisms
from .renewal import other_version
from .schema import Scenario
from .validate import validate
from .yaml_nodes import Node, parse

FOLDER = Path(__file__).parent.parent / "scenarios"
_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, repr=False)
class LoadedScenario:
    """A validated scenario with what it was read from: file, hash of its bytes, text, account and overrides."""

    scenario: Scenario
    slug: str
    path: Path
    hash: str
    text: str
    account: str | None = None
    overrides: tuple[Override, ...] = ()
    tree: Node = field(default_factory=lambda: Node(Place(), {}), repr=False, compare=False)

    def __repr__(self) -> str:
        account = f", account {self.account!r}" if self.account else ""
        given = [one.path for one in self.overrides if one.origin == "set"]
        changed = f", with {', '.join(given[:3])}{' ...' if len(given) > 3 else ''} set" if given else ""
        title = self.scenario.title.in_language()
        return f"<LoadedScenario {self.slug!r}: {title}{account}{changed}>"

    def edition(self) -> tuple[str | None, dict[str, str], dict[str, object]]:
        """Account, versions of variants chosen against it, and the reader's overrides, by path."""
        origins = {one.origin for one in self.overrides}
        taken = next((entry.choices for entry in self.scenario.accounts if entry.id == self.account), {})
        choices = {
            variant.id: name
            for variant in self.scenario.variants
            for name in variant.choices
            if name != taken.get(variant.id, variant.default) and f"{variant.id}: {name}" in origins
        }
        return self.account, choices, {one.path: one.value for one in self.overrides if one.origin == "set"}

    def with_(
        self,
        *,
        account: str | None = None,
        choices: Mapping[str, str] | None = None,
        set: Mapping[str, object] | None = None,
    ) -> LoadedScenario:
        """The scenario with another account, versions of variants or values by path; what is not named stays.

        Raises ScenarioError with every problem found, as `load` does.
        """
        before = self.edition()
        tree = parse(self.text, str(self.path))
        chosen = {**before[1], **(choices or {})}
        loaded, problems = assemble(tree, account or before[0], chosen, {**before[2], **(set or {})})
        if loaded is None or problems:
            raise ScenarioError(*problems)
        scenario, applied, changed = loaded
        return replace(self, scenario=scenario, account=account or before[0], overrides=applied, tree=changed)

    def place(self, path: str) -> Place:
        """Where in the file a path such as `actors.ivanov.ideal` stands; the file alone if it is not written."""
        found = paths.find(self.tree, path)
        return found.place if found is not None else Place(str(self.path))


def names() -> tuple[str, ...]:
    """The scenarios that come with whipcount, in alphabetical order."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def find_file(path_or_name: str | Path) -> Path:
    """The file of a scenario: a path as it stands, or the name of one that comes with whipcount."""
    text = str(path_or_name)
    shipped = FOLDER / f"{text}.yaml"
    if isinstance(path_or_name, Path) or text.endswith(_SUFFIXES) or "/" in text or "\\" in text:
        return Path(path_or_name)
    if text in names():
        return shipped
    raise ScenarioError.one(
        "WC100",
        f"there is no scenario '{text}'",
        did_you_mean(text, names(), "`whipcount list` shows the names; a file is given with its ending .yaml"),
    )


@not_collecting()
def load(
    path_or_name: str | Path | Mapping[str, object],
    account: str | None = None,
    choices: Mapping[str, str] | None = None,
    set: Mapping[str, object] | None = None,
    *,
    registry: Registry = from_mechanisms,
) -> LoadedScenario:
    """Load a scenario by name, from a file, or from a dictionary of the same sections.

    `account` takes one source's version of the whole, `choices` a version of single variants, and `set` overrides
    values by path; they apply in this order. Raises ScenarioError with every problem found.
    """
    if isinstance(path_or_name, Mapping):
        import yaml

        path = Path("scenario.yaml")
        content = yaml.safe_dump(dict(path_or_name), allow_unicode=True, sort_keys=False).encode()
    else:
        path = find_file(path_or_name)
        content = read_bytes(path)
    text = decode(content, str(path))
    tree = parse(text, str(path))
    loaded, problems = assemble(tree, account, choices or {}, set or {}, registry)
    if loaded is None or problems:
        raise ScenarioError(*problems)
    scenario, applied, changed = loaded
    return LoadedScenario(
        scenario=scenario,
        slug=path.stem,
        path=path,
        hash=hashlib.sha256(content).hexdigest(),
        text=text,
        account=account,
        overrides=applied,
        tree=changed,
    )


def assemble(
    base: Node,
    account: str | None,
    choices: Mapping[str, str],
    settings: Mapping[str, object],
    registry: Registry = from_mechanisms,
) -> tuple[tuple[Scenario, tuple[Override, ...], Node] | None, list[Problem]]:
    """A tree with the overrides of account, choices and user applied, validated and checked; or the problems."""
    if (old := other_version(base)) is not None:
        return None, [old]
    tree = base.copy()
    chosen, problems = chosen_overrides(base, account, choices)
    applied: list[Override] = []
    for each in chosen:
        # a path that leads nowhere is reported once, by the check of all variants
        if paths.apply(tree, each.path, each.value.copy()) is None:
            applied.append(Override(each.path, each.value.plain(), each.origin))
    for path, given in settings.items():
        problem = paths.apply(tree, path, paths.setting_node(path, given))
        if problem is not None:
            problems.append(problem)
        applied.append(Override(path, given, "set"))
    scenario, wrong = validate(tree)
    spots = {problem.place for problem in wrong}
    # the schema's word about a place is the plainer one
    senseless = [problem for problem in check(tree, base, registry()) if problem.place not in spots]
    problems = _in_order([*problems, *wrong, *senseless])
    if scenario is None or problems:
        return None, problems
    scenario = with_questions(scenario, registry())
    return (scenario, tuple(applied), tree), []


def check_file(path_or_name: str | Path, registry: Registry = from_mechanisms) -> list[Problem]:
    """Every problem of a file, under each of its accounts and under each version of each variant."""
    path = find_file(path_or_name)
    return check_tree(parse(decode(read_bytes(path), str(path)), str(path)), registry)


def check_tree(tree: Node, registry: Registry = from_mechanisms) -> list[Problem]:
    """Every problem of a tree, under each of its accounts and under each version of each variant."""
    found = assemble(tree, None, {}, {}, registry)[1]
    known = set(found)
    for account, choice in versions(tree):
        new = [one for one in assemble(tree, account, choice, {}, registry)[1] if one not in known]
        known.update(new)
        found += [under(one, account, choice) for one in new]
    return _in_order(found)


def under(problem: Problem, account: str | None, choices: Mapping[str, str]) -> Problem:
    """A problem that an account or a version of a variant brings, with its name."""
    name = f"account '{account}'" if account is not None else "".join(f"variant '{v}: {c}'" for v, c in choices.items())
    return problem if name in problem.message else replace(problem, message=f"under {name}: {problem.message}")


def versions(tree: Node) -> list[tuple[str | None, dict[str, str]]]:
    """Every account, and every version of a variant that no account takes, to be tried one by one."""
    tried: list[tuple[str | None, dict[str, str]]] = []
    taken: set[tuple[str, str]] = set()
    for entry in _entries(tree, "accounts"):
        tried.append((entry.text("id"), {}))
        choices = entry.get("choices")
        taken |= {(name, str(node.value)) for name, node in (choices.items() if choices else [])}
    for entry in _entries(tree, "variants"):
        name, default, choices = entry.text("id") or "", entry.text("default"), entry.get("choices")
        for key, _ in choices.items() if choices else []:
            if key != default and (name, key) not in taken:
                tried.append((None, {name: key}))
    return tried


def _entries(tree: Node, section: str) -> list[Node]:
    found = tree.get(section)
    return found.entries() if found is not None else []


def _in_order(problems: list[Problem]) -> list[Problem]:
    """Each problem once, in the order of the file."""
    once = dict.fromkeys(problems)
    return sorted(once, key=lambda problem: (problem.place.file, problem.place.line, problem.place.column))

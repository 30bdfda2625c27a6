"""What can be set and what can be typed is documented; what is documented exists."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Union, get_args, get_origin

import pytest
import typer
from pydantic import BaseModel

from langnghe.cli import app
from langnghe.core.settings import Settings, Sources

ROOT = Path(__file__).parents[2]
CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) in (Annotated, Union, types.UnionType, tuple):
        for part in get_args(annotation):
            yield from _models(part)


def _keys(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield name
        for inner in _models(field.annotation):
            yield from _keys(inner)


@pytest.mark.parametrize("key", sorted({*_keys(Settings), *_keys(Sources)} - {"sources"}))
def test_each_setting_is_documented(key: str) -> None:
    assert re.search(rf"`(\w+\.)?{key}(\.\w+)?`", CONFIGURATION), (
        f"docs/configuration.md lacks `{key}`"
    )


def _commands(group: typer.Typer, prefix: str = "") -> Iterator[str]:
    for command in group.registered_commands:
        assert command.callback is not None
        yield prefix + (command.name or command.callback.__name__.replace("_", "-"))
    for sub in group.registered_groups:
        assert sub.typer_instance is not None
        yield from _commands(sub.typer_instance, f"{prefix}{sub.name} ")


@pytest.mark.parametrize("command", sorted(_commands(app)))
def test_each_command_is_documented(command: str) -> None:
    assert f"## `langnghe {command}" in COMMANDS


def test_only_real_commands_are_documented() -> None:
    documented = set(re.findall(r"^## `langnghe ([a-z-]+(?: [a-z-]+)?)", COMMANDS, re.MULTILINE))
    assert documented == set(_commands(app))


@pytest.mark.parametrize(
    "page", [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md"], ids=lambda page: page.name
)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", text):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_each_shipped_default_gives_its_reason() -> None:
    for config in sorted((ROOT / "configs").glob("*.yaml")):
        lines = config.read_text(encoding="utf-8").splitlines()
        assert lines[0].startswith("#"), f"{config.name} does not say what it is"
    lines = (ROOT / "configs" / "settings.yaml").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        if re.match(r"\s*\w+: .", line):
            assert lines[number - 1].lstrip().startswith("#"), f"no reason above: {line}"


def test_make_targets_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"make ([a-z][a-z-]+)", README)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"no target {target}"

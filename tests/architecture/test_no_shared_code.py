"""The rehearsal tenant is written from the providers' documentation: it shares no code with the service, not even
by copying. A mistake that both made alike would never be seen."""

import ast
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

LEAST_STATEMENTS = 5
"""Shorter functions look alike by chance."""

Plant = Callable[[dict[str, str]], Path]
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Anonymous(ast.NodeTransformer):
    """Strips names, texts and annotations, so that a renamed copy is still a copy."""

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name("_", node.ctx)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        del node
        return ast.arg("_")

    def visit_Expr(self, node: ast.Expr) -> ast.Expr | None:
        return None if isinstance(node.value, ast.Constant) else ast.Expr(self.visit(node.value))


def shapes(package: Path) -> dict[str, list[str]]:
    """Shape of a function's body → where it is."""
    found = defaultdict(list)
    for path in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, Function)
                and sum(isinstance(part, ast.stmt) for part in ast.walk(node)) > LEAST_STATEMENTS
            ):
                body = [Anonymous().visit(statement) for statement in node.body]
                shape = "\n".join(ast.dump(statement) for statement in body if statement is not None)
                found[shape].append(f"{path.name}:{node.name}")
    return found


def copies(root: Path) -> list[tuple[str, str]]:
    service, sandbox = shapes(root / "src/roomstead"), shapes(root / "src/roomstead_sandbox")
    return sorted((service[shape][0], sandbox[shape][0]) for shape in service.keys() & sandbox.keys())


def test_no_function_is_in_both(project: Path) -> None:
    assert copies(project) == []


def test_a_renamed_copy_is_found(plant: Plant) -> None:
    body = "    {1} = 0\n    for {2} in {0}:\n        if {2}.size > 3:\n            {1} += {2}.size\n    return {1}\n"
    root = plant(
        {
            "src/roomstead/a.py": '"""x"""\ndef add(rows: list) -> int:\n    """Add."""\n'
            + body.format("rows", "n", "row"),
            "src/roomstead_sandbox/b.py": "def total(items):\n" + body.format("items", "t", "item"),
        }
    )
    assert copies(root) == [("a.py:add", "b.py:total")]

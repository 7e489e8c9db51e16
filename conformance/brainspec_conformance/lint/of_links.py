"""Rules on the links: every clause has a check and a deciding line, and nothing cites what is not there."""

from collections import defaultdict
from collections.abc import Iterator

from .. import ids, links
from ..clauses import Clause
from .matter import Finding, Matter, at


def clauses_have_checks(matter: Matter) -> Iterator[Finding]:
    checked = {text for link in matter.links.checks for text in link.clauses}
    for clause in matter.clauses:
        if clause.judged and clause.cited not in checked:
            older = sorted(text for text in checked if ids.split(text)[0] == clause.id)
            wrong = f"its only checks cite {', '.join(older)}" if older else "no check decides it"
            yield at(
                clause,
                wrong,
                f'write a function under @check("{clause.cited}") in a suite/test_{ids.chapter(clause.id)}….py',
            )


def checks_name_clauses(matter: Matter) -> Iterator[Finding]:
    aliases = {clause.alias: clause for clause in matter.clauses if clause.alias}
    for link in matter.links.checks:
        if link.computed or not link.clauses:
            yield _check(
                link,
                "",
                "its clauses are computed, or missing",
                "write them as literal strings, so that links can be read",
            )
        for text in link.cited:
            name, version = ids.split(text)
            clause = matter.by_id.get(name)
            if clause is None and name in aliases:
                yield _check(link, text, f"it cites an older id of {aliases[name].cited}", "cite the new one")
            elif clause is None:
                yield _check(
                    link,
                    text,
                    f"it cites no clause{ids.close(name, matter.by_id)}",
                    "correct the id, or add the clause to its page",
                )
            elif version != clause.version:
                yield _check(
                    link, text, f"it cites another version than {clause.cited}", "read the clause again, then cite it"
                )
        for text in link.clauses:
            yield from _decides(link, text, matter.by_id.get(ids.split(text)[0]))


def _decides(link: links.CheckLink, text: str, clause: Clause | None) -> Iterator[Finding]:
    if clause is not None and clause.retired:
        yield _check(link, text, "it decides a retired clause", "remove the check")
    elif clause is not None and clause.kind == "UNDEFINED":
        yield _check(link, text, "it decides a clause that promises nothing", "remove the check: it is a bug of ours")


def _check(link: links.CheckLink, name: str, wrong: str, cure: str) -> Finding:
    return Finding(links.short(link.path), link.line, name, f"check {link.name}: {wrong}", cure)


def tags_name_clauses(matter: Matter) -> Iterator[Finding]:
    for tag in matter.links.tags:
        if tag.id not in matter.by_id:
            wrong = f"the tag names no clause{ids.close(tag.id, matter.by_id)}"
            yield _tag(tag, wrong, "correct the id, or add the clause to its page")
        elif matter.by_id[tag.id].retired:
            yield _tag(tag, "the tag names a retired clause", "remove the tag, and the rule with it")
        if tag.alone:
            yield _tag(tag, "the tag stands on a line without a word of code", "put it on the line that decides")
        if tag.rank:
            yield _tag(tag, "it is the second tag on its line", "one decision, one line, one tag")


def _tag(tag: links.Tag, wrong: str, cure: str) -> Finding:
    return Finding(links.short(tag.path), tag.line, tag.id, wrong, cure)


def clauses_have_tags(matter: Matter) -> Iterator[Finding]:
    tagged: dict[str, set[str]] = defaultdict(set)
    for tag in matter.links.tags:
        tagged[tag.room].add(tag.id)
    for clause in matter.clauses:
        if not clause.judged or "Untagged" in clause.fields:
            continue
        for room in matter.rooms:
            if clause.id not in tagged[room]:
                yield at(
                    clause, f"no line of {room} is tagged with it", f"add `# [{clause.id}]` there, or `- Untagged: why`"
                )


def needs_make_no_circle(matter: Matter) -> Iterator[Finding]:
    """Where clauses need each other in a circle, no failure among them would be a first cause."""
    needs: dict[str, set[str]] = defaultdict(set)
    for link in matter.links.checks:
        for text in link.clauses:
            needs[text].update(need for need in link.needs if need not in link.clauses)
    for link in matter.links.checks:
        for text in link.clauses:
            if text in _reached(needs, text):
                yield _check(link, text, "it needs a clause that needs it", "let the simpler one need nothing")


def _reached(needs: dict[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    front = list(needs.get(start, ()))
    while front:
        text = front.pop()
        if text not in found:
            found.add(text)
            front.extend(needs.get(text, ()))
    return found

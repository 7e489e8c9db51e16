"""Rules on the listings: the generated one is current, and a release is kept."""

from collections.abc import Iterator

from .. import clauses, ids
from .matter import Finding, Matter, at


def listing_is_current(matter: Matter) -> Iterator[Finding]:
    if matter.listed is not None and matter.listed != clauses.listing(matter.chapters):
        yield Finding(
            "spec/clauses.txt", 1, "", "it does not list the clauses of the pages", "run `brainspec lint --write`"
        )
    elif matter.listed is None:
        yield Finding("spec/clauses.txt", 1, "", "it is missing", "run `brainspec lint --write`")


def releases_are_kept(matter: Matter) -> Iterator[Finding]:
    """From the first release on a changed meaning has a new version, and no id vanishes."""
    for line in (matter.released or "").splitlines():
        cited, kind, sentence = line.split(" ", 2)
        name, version = ids.split(cited)
        clause = matter.by_id.get(name)
        if clause is None:
            if not any(name in c.fields.get("Alias", "") for c in matter.clauses):
                yield Finding(
                    "spec/released.txt",
                    1,
                    cited,
                    "a released clause is gone",
                    "keep it with `- Retired:`, or as an `- Alias:`",
                )
        elif clause.version < (version or 1):
            yield at(clause, f"its version is older than the released {cited}", "raise it")
        elif clause.version == version and not clause.retired and (clause.kind, clause.sentence) != (kind, sentence):
            yield at(
                clause,
                "it differs from the released one",
                f"cite it as @{version + 1} if its meaning changed, or note the wording in released.txt",
            )

"""The lint of the specification: what must hold between pages, code and checks before a change lands.

Each rule is a function from the *matter* (chapters, links, the listing on disk and the last release's) to
findings; a finding says where, which id, what is wrong and what cures it. `RULES` is the whole list.
"""

from collections.abc import Callable, Iterator

from . import of_links, of_listing, of_pages
from .coverage import coverage_lines
from .matter import Finding, Matter, load

__all__ = ["RULES", "Finding", "Matter", "coverage_lines", "lint", "load"]

RULES: list[Callable[[Matter], Iterator[Finding]]] = [
    of_pages.sentences_have_ids,
    of_pages.headings_are_clauses,
    of_pages.pages_have_words_of_their_own,
    of_pages.sections_in_order,
    of_pages.ids_used_once,
    of_pages.ids_begin_with_the_chapter,
    of_pages.sentences_are_norms,
    of_pages.fields_are_whole,
    of_pages.examples_stand_beside,
    of_pages.few_are_untestable,
    of_links.clauses_have_checks,
    of_links.checks_name_clauses,
    of_links.tags_name_clauses,
    of_links.clauses_have_tags,
    of_links.needs_make_no_circle,
    of_listing.listing_is_current,
    of_listing.releases_are_kept,
    of_listing.surface_is_whole,
    of_listing.extras_are_listed,
]


def lint(matter: Matter) -> list[Finding]:
    """All findings, by place."""
    return sorted({finding for rule in RULES for finding in rule(matter)})

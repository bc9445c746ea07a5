"""The attacks open pages, thousands of times: what the pages' tests spare, they spare too."""

from tests.pages.conftest import (  # noqa: F401
    _components_are_looked_for_once,
    _what_lives_on_is_not_searched_again,
)

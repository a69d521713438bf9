"""An attribute that is computed when it is first asked for."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

Value = TypeVar("Value")


class lazy(Generic[Value]):
    """`functools.cached_property` without its lock, which Python 3.12 has taken out.

    A post asks for a dozen such attributes; in Python 3.11 the locks cost as much as a rule.

    >>> class Line:
    ...     @lazy
    ...     def words(self): return ["one", "two"]
    >>> line = Line()
    >>> line.words is line.words
    True
    """

    def __init__(self, compute: Callable[[Any], Value]) -> None:
        self._compute = compute
        self.__doc__ = compute.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, owner: None, kind: type) -> "lazy[Value]": ...
    @overload
    def __get__(self, owner: object, kind: type) -> Value: ...
    def __get__(self, owner: object | None, kind: type) -> "lazy[Value] | Value":
        if owner is None:
            return self
        # Found in the object's own dictionary from now on: this is asked no more.
        value = owner.__dict__[self._name] = self._compute(owner)
        return value

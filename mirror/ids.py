"""Sets of WordPress ids: all those of a collection, which may be millions.

A Roaring bitmap (https://roaringbitmap.org) takes one or two bytes an id where a `set` takes fifty.
It works with its like alone: what is in both of a bitmap and a set has to be asked one by one.
"""

from pyroaring import BitMap64 as Ids

__all__ = ["Ids"]

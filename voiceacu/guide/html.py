"""Small builders of HTML elements; ElementTree escapes and closes what they hold."""

from collections.abc import Iterable
from xml.etree.ElementTree import Element, tostring

Child = Element | str


def el(tag: str, *children: Child | Iterable[Child], **attributes: str) -> Element:
    """An element with text and elements in it; `class_` is written `class`."""
    element = Element(tag, {name.rstrip("_"): value for name, value in attributes.items()})
    for child in children:
        if isinstance(child, str | Element):
            _append(element, child)
        else:
            for inner in child:
                _append(element, inner)
    return element


def document(root: Element) -> str:
    """A whole HTML file."""
    return "<!DOCTYPE html>\n" + tostring(root, encoding="unicode", method="html") + "\n"


def _append(parent: Element, child: Child) -> None:
    if isinstance(child, Element):
        parent.append(child)
    elif len(parent):
        parent[-1].tail = (parent[-1].tail or "") + child
    else:
        parent.text = (parent.text or "") + child

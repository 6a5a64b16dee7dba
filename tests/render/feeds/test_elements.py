"""Elements are written as ElementTree writes them."""

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from app.render.feeds.elements import element, wrapped
from app.render.printable import printable

_TEXTS = st.text() | st.text(st.sampled_from("a<>&\"'\r\n\t\x00推"))


@given(_TEXTS, _TEXTS)
def test_elements_are_those_of_element_tree(text: str, value: str) -> None:
    expected = ET.Element("media:x", {"first": printable(value), "xml:lang": "ja"})
    expected.text = printable(text)
    written = element("media:x", text, {"first": value, "xml:lang": "ja"})
    assert written == ET.tostring(expected, encoding="unicode")


def test_elements_are_wrapped() -> None:
    assert wrapped("a", element("b", "1 < 2") + element("c")) == "<a><b>1 &lt; 2</b><c /></a>"
    assert wrapped("a", "", {"n": "1"}) == '<a n="1" />'

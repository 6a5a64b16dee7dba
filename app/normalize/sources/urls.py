"""Identity of a source: normalised URL, arXiv id, status, publisher.

Label and target are stored as written beside it.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from html import unescape
from urllib.parse import SplitResult, unquote, unquote_plus, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

from app.normalize.kinds import SourceStatus
from app.normalize.sources.addresses import one_address
from app.normalize.sources.publishers import publisher_domain
from app.normalize.sources.tracking import tracking_rules

MAX_URL_CHARS = 8 * 1024

# A fragment that routes: the page is chosen by it (`#/topic/17`, `#!topic/lang/abc`).
_ROUTE = re.compile(r"!?/\S|!\S")
# Letters that the two standards of international host names encode differently.
_DEVIANT = re.compile("[ßς]")
_ARXIV_NEW = r"\d{4}\.\d{4,5}"
_ARXIV_OLD = (
    r"(?:astro-ph|cond-mat|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math-ph|nlin|nucl-ex|nucl-th|physics"
    r"|quant-ph|math|cs|q-bio|q-fin|stat|eess|econ|alg-geom|chao-dyn|cmp-lg|comp-gas|dg-ga|funct-an"
    r"|patt-sol|q-alg|solv-int|adap-org|acc-phys|ao-sci|atom-ph|bayes-an|chem-ph|mtrl-th|plasm-ph"
    r"|supr-con)"
    r"(?:\.[A-Za-z]{2})?/\d{7}"
)
_ARXIV_ID = rf"(?P<id>{_ARXIV_NEW}|{_ARXIV_OLD})(?:v(?P<version>\d{{1,3}}))?"
_ARXIV_FORMS = (
    re.compile(
        rf"^\s*arxiv\s*[:：]?\s*/*(?:abs/|pdf/)?(?:arxiv[:：])?{_ARXIV_ID}(?:\s*\[[\w.\-]+\])?\s*$",
        re.IGNORECASE,
    ),
    re.compile(
        rf"^\s*(?:(?:https?://)?(?:dx\.|www\.)?doi\.org/|doi\s*[:：]\s*)?10\.48550/arxiv\."
        rf"{_ARXIV_ID}/*(?:[?#]\S*)?\s*$",
        re.IGNORECASE,
    ),
    re.compile(rf"^\s*{_ARXIV_ID}(?:\s*\[[\w.\-]+\])?\s*$", re.IGNORECASE),
)
_ARXIV_HOSTS = frozenset(
    [
        "arxiv.org",
        "export.arxiv.org",
        "browse.arxiv.org",
        "ar5iv.org",
        "ar5iv.labs.arxiv.org",
        "cn.arxiv.org",
    ]
)
_ARXIV_PATH = re.compile(
    rf"^/(?:abs|pdf|html|format|ps|src|e-print)/(?:arxiv[:.])?{_ARXIV_ID}(?:\.pdf|\.html)?/*$",
    re.IGNORECASE,
)
_ARXIV_WITHIN = re.compile(rf"(?<![\w.]){_ARXIV_ID}(?![\w.])", re.IGNORECASE)
_DOI = re.compile(r"^\s*(?:doi\s*[:：]\s*)?(?P<doi>10\.\d{4,9}/\S+)\s*$", re.IGNORECASE)

_VOID = frozenset(
    "n/a na none null nil 無 无 - -- — – tbd tba 待補 待补 待確認 待确认 不明 未知 缺 暫無 暂无"
    " ? ？ link url 連結 链接 x xxx todo example".split()
)
_SCHEME = re.compile(r"^([a-z][a-z0-9+.\-]*):", re.IGNORECASE)
_UNSAFE_SCHEMES = frozenset(["javascript", "data", "vbscript", "file"])
_SCHEMELESS = re.compile(
    r"^(?://)?(?:[a-z0-9](?:[a-z0-9\-]{0,62}[a-z0-9])?\.)+(?P<tld>[a-z]{2,24})"
    r"(?::\d+)?(?:[/?].*)?$",
    re.IGNORECASE,
)
# A file name looks like a domain: readme.md.
_FILE_ENDINGS = frozenset(
    "md pdf html htm txt json csv png jpg jpeg gif svg py js ts zip docx pptx xlsx".split()
)
_MONTH_NAMES = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DATED_PATH = re.compile(
    rf"/(?P<year>20\d\d)/(?P<month>\d{{1,2}}|{_MONTH_NAMES})(?:/(?P<day>\d{{1,2}}))?(?:/|$)",
    re.IGNORECASE,
)
# Publishers that write months as names in paths; elsewhere such a path is invented.
_PUBLISHERS_WITH_MONTH_NAMES = frozenset(["theguardian.com"])
_RESERVED = re.compile(
    r"(?:^|\.)(?:example\.(?:com|org|net)|test|example|invalid|localhost|local|internal)$"
    r"|^\d{1,3}(?:\.\d{1,3}){3}$|^\["
)

# A host after international names are encoded: at most 253 characters, as in the DNS.
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.\-]{0,251}[a-z0-9_\-])?|[0-9a-f]*:[0-9a-f:.]{1,44}")
# Passes of `canonicalize_url` after which a URL is taken as it is.
_MAX_PASSES = 4


@dataclass(frozen=True, slots=True)
class SourceIdentity:
    """Identity of a cited source.

    `key` is equal for two citations of one source; None for a placeholder, which equals no other.
    `publisher` is a domain. `reason` explains the status where it is not obvious.
    """

    key: str | None
    url: str | None
    arxiv_id: str | None
    arxiv_version: int | None
    status: SourceStatus
    publisher: str | None
    reason: str | None = None


def identify(label: str | None, target: str | None, day: date | None = None) -> SourceIdentity:
    """Return the identity of a source as written.

    A source dated after `day`, the briefing's, is suspicious.
    """
    written = unescape((target or "").strip())
    if len(written) > MAX_URL_CHARS:
        return _opaque(label, written[:200], "the target is longer than 8 KiB")

    arxiv = _arxiv(written)
    if arxiv:
        arxiv_id, version = arxiv
        return _paper(arxiv_id, version, label, "arxiv", day)

    if _is_void(written) and (target is not None or _is_void(label or "")):
        return _void(label, day)

    doi = _DOI.match(written)
    if doi:
        return _doi(doi["doi"])

    return _web(label, written, day)


def _void(label: str | None, day: date | None) -> SourceIdentity:
    """Identity of a source without a target: an arXiv paper if the label has an id."""
    if label and re.search("arxiv", label, re.IGNORECASE):
        match = _ARXIV_WITHIN.search(label)
        if match:
            return _paper(match["id"], match["version"], label, "inferred", day)

    return _plain(None, "placeholder", "the target names nothing")


def _doi(doi: str) -> SourceIdentity:
    url = normalise_url(f"https://doi.org/{doi}")
    return SourceIdentity(
        key=f"url:{url}",
        url=url,
        arxiv_id=None,
        arxiv_version=None,
        status="inferred",
        publisher="doi.org",
        reason="made from the DOI",
    )


def _web(label: str | None, written: str, day: date | None) -> SourceIdentity:
    """Identity of a URL, with or without its scheme; of other text, an opaque one."""
    match = _SCHEME.match(written)
    scheme = match[1].lower() if match else ""
    host_first = _SCHEMELESS.match(written)
    has_scheme = scheme in ("http", "https")
    # `example.com:80/` begins like a scheme.
    if scheme and not has_scheme and not host_first:
        return _other_scheme(label, written, scheme)

    is_address = host_first and host_first["tld"].lower() not in _FILE_ENDINGS
    if not has_scheme and not is_address:
        return _opaque(label, written, "the target is neither a URL nor an id that is known")

    url = normalise_url(written if has_scheme else _with_scheme(written))
    if url is None:
        return _opaque(label, written, "the URL cannot be read")

    status: SourceStatus = "ok" if has_scheme else "inferred"
    reason = None if has_scheme else "the scheme is missing"
    suspicion = _suspicion(url, written, day)
    if suspicion:
        status, reason = "suspicious", suspicion
    return SourceIdentity(
        key=f"url:{url}",
        url=url,
        arxiv_id=None,
        arxiv_version=None,
        status=status,
        publisher=publisher_domain(urlsplit(url).hostname or ""),
        reason=reason,
    )


def _with_scheme(written: str) -> str:
    host_and_path = written.lstrip("/")
    return f"https://{host_and_path}"


def _other_scheme(label: str | None, written: str, scheme: str) -> SourceIdentity:
    """Identity of a target whose scheme is not HTTP."""
    if scheme not in _UNSAFE_SCHEMES:
        return _opaque(label, written, f"the scheme {scheme}: is not known")

    return _plain(
        f"text:{written}",
        "suspicious",
        f"the scheme {scheme}: is none of the web",
    )


def _opaque(label: str | None, written: str, reason: str) -> SourceIdentity:
    """Identity of a text that is no address; without a target, the label is the text."""
    if not written:
        written = (label or "").strip()
        reason = "no target is given"

    folded = written.casefold()
    return _plain(f"text:{folded}", "opaque", reason)


def _plain(key: str | None, status: SourceStatus, reason: str) -> SourceIdentity:
    """Identity without an address."""
    return SourceIdentity(
        key=key,
        url=None,
        arxiv_id=None,
        arxiv_version=None,
        status=status,
        publisher=None,
        reason=reason,
    )


def _is_void(text: str) -> bool:
    """Whether a text is only a placeholder: `#`, `無`, `[1]`."""
    plain = text.strip().strip("[]()（）*_`.。 ").lower()
    if not plain or plain in _VOID:
        return True
    if plain.startswith("#"):
        return True
    return re.fullmatch(r"\d{1,4}", plain) is not None


def _arxiv(written: str) -> tuple[str, str | None] | None:
    """Return arXiv id and version of an id, DOI or URL."""
    for form in _ARXIV_FORMS:
        match = form.match(written)
        if match:
            return match["id"], match["version"]

    parts = _split(written if "://" in written else _with_scheme(written))
    if parts is None:
        return None

    host = (parts.hostname or "").removeprefix("www.")
    match = _ARXIV_PATH.match(parts.path)
    if host not in _ARXIV_HOSTS or match is None:
        return None

    return match["id"], match["version"]


def _paper(
    arxiv_id: str,
    version: str | None,
    label: str | None,
    status: SourceStatus,
    day: date | None,
) -> SourceIdentity:
    """Identity of an arXiv paper; a version missing in the target is read from the label."""
    arxiv_id = re.sub(r"\.[A-Z]{2}/", "/", arxiv_id).lower()
    match = _ARXIV_WITHIN.search(label or "")
    if version is None and match and match["id"].lower() == arxiv_id:
        version = match["version"]

    reason = "the id is taken from the label" if status == "inferred" else None
    suspicion = _suspicious_arxiv(arxiv_id, day)
    if suspicion:
        status, reason = "suspicious", suspicion
    return SourceIdentity(
        key=f"arxiv:{arxiv_id}",
        url=f"https://arxiv.org/abs/{arxiv_id}",
        arxiv_id=arxiv_id,
        arxiv_version=int(version) if version else None,
        status=status,
        publisher="arxiv.org",
        reason=reason,
    )


def _suspicious_arxiv(arxiv_id: str, day: date | None) -> str | None:
    """Return why an arXiv id of the form `YYMM.number` cannot be right."""
    if "/" in arxiv_id:
        return None

    year = 2000 + int(arxiv_id[:2])
    month = int(arxiv_id[2:4])
    if not 1 <= month <= 12 or year < 2007:
        return f"no arXiv id begins with {arxiv_id[:4]}"
    if day and (year, month) > (day.year, day.month):
        return f"the id is of {year}-{month:02}, after the briefing's {day}"
    return None


def _suspicion(url: str, written: str, day: date | None) -> str | None:
    """Return why a URL is suspicious; None if it is not."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if _RESERVED.search(host):
        return f"{host} is no public site"
    if "." not in host:
        return f"{host} is no full host name"
    if "@" in parts.netloc:
        return "the URL carries credentials"
    if re.search(r"\s", written.strip()):
        return "the URL holds white space"

    dated = _DATED_PATH.search(parts.path)
    return _suspicious_date(dated, host, day) if dated else None


def _suspicious_date(dated: re.Match[str], host: str, day: date | None) -> str | None:
    """Return why the date in a path cannot be right."""
    month = dated["month"].lower()
    if month.isdigit():
        number = int(month)
    elif publisher_domain(host) in _PUBLISHERS_WITH_MONTH_NAMES:
        number = _MONTH_NAMES.split("|").index(month) + 1
    else:
        return f"the path writes the month as {dated['month']!r}, which {host} is not known to do"

    try:
        published = date(
            int(dated["year"]),
            number,
            int(dated["day"] or 1),
        )
    except ValueError:
        return "the date in the path is no day"

    # One day of grace: the publisher may be in a later time zone.
    if day and published > day + timedelta(days=1):
        return f"the path is dated after the briefing's {day}"
    return None


def normalise_url(url: str) -> str | None:
    """Return a URL in the form by which sources are compared; None if there is no host.

    That is https, a lower-case host, no fragment unless it routes, no tracking parameters, no
    default port, no trailing slash but the root's, and one address for each page, video and DOI.
    """
    parts = _split(url)
    if parts is None:
        return None

    address = one_address(_host(parts), parts.path)
    if address:
        moved = urlsplit(address)
        queries = filter(None, (moved.query, parts.query))
        parts = moved._replace(query="&".join(queries), fragment=parts.fragment)

    netloc = _netloc(parts)
    if netloc is None:
        return None

    host = _host(parts)
    query = _without_tracking(parts.query, host)
    fragment = parts.fragment if _ROUTE.match(parts.fragment) else ""
    # The case of a DOI has no meaning.
    path = unquote(parts.path).lower() if host == "doi.org" else parts.path
    return _canonical(urlunsplit(("https", netloc, path, query, fragment)))


def _host(parts: SplitResult) -> str:
    """Return the host in lower case; of hosts that are one, the same."""
    host = (parts.hostname or "").rstrip(".").lower()
    if _DEVIANT.search(host):
        # The encoding of Python folds ß to ss, by the standard of 2003; faß.de is not fass.de.
        host = ".".join(map(_encoded_label, host.split(".")))
    return tracking_rules().host(host)


def _encoded_label(label: str) -> str:
    if not _DEVIANT.search(label):
        return label
    return "xn--" + label.encode("punycode").decode("ascii")


def _netloc(parts: SplitResult) -> str | None:
    """Return login, host and port, the default ports left out; None if they are malformed."""
    if re.search(r"[\s\x00-\x1f\\<>\"]", parts.netloc):
        return None

    try:
        port = parts.port
    except ValueError:
        return None

    host = _host(parts)
    if ":" in host:
        host = f"[{host}]"
    if port not in (None, 80, 443):
        host = f"{host}:{port}"

    login, _, _ = parts.netloc.rpartition("@")
    # A password is part of no source; the document keeps it, addresses do not repeat it.
    user, _, _ = login.partition(":")
    return f"{user}@{host}" if user else host


def _without_tracking(query: str, host: str) -> str:
    """Return a query string without its tracking parameters.

    It is cut, not decoded and encoded again: its bytes need not be UTF-8.
    """
    rules = tracking_rules()
    pairs = []
    for pair in query.split("&"):
        encoded_name, _, _ = pair.partition("=")
        name = unquote_plus(encoded_name)
        if not rules.tracks(name, host):
            pairs.append(pair)

    return "&".join(pairs)


def _canonical(url: str) -> str | None:
    """Return the canonical form of a URL; None if its host is invalid.

    Repeated until nothing changes: resolving `/a/./` leaves a trailing slash, and characters
    after `;` are escaped only at the end.
    """
    for _ in range(_MAX_PASSES):
        try:
            parts = urlsplit(canonicalize_url(url, keep_blank_values=True, keep_fragments=True))
        except (ValueError, UnicodeError):
            return None

        previous = url
        path = parts.path.rstrip("/") or "/"
        url = urlunsplit(parts._replace(path=path))
        if url == previous:
            break

    return url if _HOST.fullmatch(parts.hostname or "") else None


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url.strip())
        return parts if parts.hostname else None
    except ValueError:
        return None

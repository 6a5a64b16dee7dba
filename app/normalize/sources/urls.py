"""What a source is: normalised URL, arXiv identity, status, publisher. Never in place of label and target as written."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from html import unescape
from typing import Literal
from urllib.parse import SplitResult, unquote_plus, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

from app.normalize.sources.publishers import publisher_domain

Status = Literal["ok", "arxiv", "inferred", "placeholder", "opaque", "suspicious"]

MAX_URL = 8 * 1024

_TRACKING = re.compile(
    r"^(?:utm_\w+|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|igshid|igsh|li_fat_id|mc_cid|mc_eid|mkt_tok|_hsenc|_hsmi"
    r"|hsctatracking|_ga|_gl|oly_enc_id|oly_anon_id|vero_id|__s|s_kwcid|ck_subscriber_id|guccounter|guce_referrer(?:_sig)?|__twitter_impression"
    r"|ref|ref_src|ref_url|referrer|cmp|cmpid|cmp_id|ncid|icid|wt\.mc_id|at_medium|at_campaign|at_custom\d|sr_share|share_token|share_source"
    r"|spm|scm|trk|trackingid|mibextid|si|ns_\w+|piwik_\w+|pk_\w+|mtm_\w+|matomo_\w+|sharetype|wtrid|smid|taid|soc_src|soc_trk|srnd|sref)$",
    re.IGNORECASE,
)
# On these hosts a name from the list above says which page is meant.
_MEANT = {"github.com": {"ref"}, "gitlab.com": {"ref"}}

_ARXIV_NEW = r"\d{4}\.\d{4,5}"
_ARXIV_OLD = (
    r"(?:astro-ph|cond-mat|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math-ph|nlin|nucl-ex|nucl-th|physics|quant-ph|math|cs|q-bio|q-fin|stat|eess|econ"
    r"|alg-geom|chao-dyn|cmp-lg|comp-gas|dg-ga|funct-an|patt-sol|q-alg|solv-int|adap-org|acc-phys|ao-sci|atom-ph|bayes-an|chem-ph|mtrl-th|plasm-ph|supr-con)"
    r"(?:\.[A-Za-z]{2})?/\d{7}"
)
_ARXIV_ID = rf"(?P<id>{_ARXIV_NEW}|{_ARXIV_OLD})(?:v(?P<version>\d{{1,3}}))?"
_ARXIV_FORMS = (
    re.compile(
        rf"^\s*arxiv\s*[:：]?\s*/*(?:abs/|pdf/)?{_ARXIV_ID}(?:\s*\[[\w.\-]+\])?\s*$", re.IGNORECASE
    ),
    re.compile(
        rf"^\s*(?:https?://(?:dx\.)?doi\.org/|doi\s*[:：]\s*)?10\.48550/arxiv\.{_ARXIV_ID}\s*$",
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
    rf"^/(?:abs|pdf|html|format|ps|src|e-print)/{_ARXIV_ID}(?:\.pdf|\.html)?/*$", re.IGNORECASE
)
_ARXIV_WITHIN = re.compile(rf"(?<![\w.]){_ARXIV_ID}(?![\w.])", re.IGNORECASE)
_DOI = re.compile(r"^\s*(?:doi\s*[:：]\s*)?(?P<doi>10\.\d{4,9}/\S+)\s*$", re.IGNORECASE)

_VOID = frozenset(
    "n/a na none null nil 無 无 - -- — – tbd tba 待補 待补 待確認 待确认 不明 未知 缺 暫無 暂无 ? ？ link url 連結 链接 x xxx todo example".split()
)
_SCHEMELESS = re.compile(
    r"^(?://)?(?:[a-z0-9](?:[a-z0-9\-]{0,62}[a-z0-9])?\.)+(?P<tld>[a-z]{2,24})(?::\d+)?(?:[/?].*)?$",
    re.IGNORECASE,
)
# What looks like a domain without being one: a file name, a version.
_FILE_ENDINGS = frozenset(
    "md pdf html htm txt json csv png jpg jpeg gif svg py js ts zip docx pptx xlsx".split()
)
_MONTH_NAMES = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DATED_PATH = re.compile(
    rf"/(?P<year>20\d\d)/(?P<month>\d{{1,2}}|{_MONTH_NAMES})(?:/(?P<day>\d{{1,2}}))?(?:/|$)",
    re.IGNORECASE,
)
# The one publisher known to write months as names in its paths; elsewhere they are made up.
_NAMES_MONTHS = frozenset(["theguardian.com"])
_RESERVED = re.compile(
    r"(?:^|\.)(?:example\.(?:com|org|net)|test|example|invalid|localhost|local|internal)$|^\d{1,3}(?:\.\d{1,3}){3}$|^\["
)

# As it stands once international names are encoded; no name in the DNS is longer.
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.\-]{0,251}[a-z0-9_\-])?|[0-9a-f]*:[0-9a-f:.]{1,44}")


@dataclass(frozen=True, slots=True)
class SourceIdentity:
    """`key` is equal for two citations of one source; None for a placeholder, which is never the same as another."""

    key: str | None
    url: str | None
    arxiv_id: str | None
    arxiv_version: int | None
    status: Status
    publisher: str | None
    """The publisher's domain."""
    reason: str | None = None
    """Why the status is what it is, where it is not plainly so."""


def identify(label: str | None, target: str | None, day: date | None = None) -> SourceIdentity:
    """The identity of a source as written. `day`, the briefing's, shows up sources dated after it."""
    written = unescape((target or "").strip())
    if len(written) > MAX_URL:
        return _opaque(label, written[:200], "the target is longer than 8 KiB")
    if arxiv := _arxiv(written):
        return _paper(*arxiv, label, "arxiv", day)
    if _is_void(written) and (target is not None or _is_void(label or "")):
        within = (
            _ARXIV_WITHIN.search(label or "")
            if label and re.search("arxiv", label, re.IGNORECASE)
            else None
        )
        if within:
            return _paper(within["id"], within["version"], label, "inferred", day)
        return SourceIdentity(
            None, None, None, None, "placeholder", None, "the target names nothing"
        )
    if doi := _DOI.match(written):
        url = normalise_url(f"https://doi.org/{doi['doi']}")
        return SourceIdentity(
            f"url:{url}", url, None, None, "inferred", "doi.org", "made from the DOI"
        )
    return _web(label, written, day)


def _web(label: str | None, written: str, day: date | None) -> SourceIdentity:
    scheme = re.match(r"^([a-z][a-z0-9+.\-]*):", written, re.IGNORECASE)
    if scheme and scheme[1].lower() not in ("http", "https") and not _SCHEMELESS.match(written):
        if re.match(r"^(?:javascript|data|vbscript|file)$", scheme[1], re.IGNORECASE):
            return SourceIdentity(
                f"text:{written}",
                None,
                None,
                None,
                "suspicious",
                None,
                f"the scheme {scheme[1].lower()}: is none of the web",
            )
        return _opaque(label, written, f"the scheme {scheme[1].lower()}: is not known")
    bare = not scheme or scheme[1].lower() not in ("http", "https")
    if bare:
        match = _SCHEMELESS.match(written)
        if not match or match["tld"].lower() in _FILE_ENDINGS:
            return _opaque(label, written, "the target is neither a URL nor an id that is known")
    url = normalise_url(("https://" + written.lstrip("/")) if bare else written)
    if url is None:
        return _opaque(label, written, "the URL cannot be read")
    publisher = publisher_domain(urlsplit(url).hostname or "")
    if reason := _suspicion(url, written, day):
        return SourceIdentity(f"url:{url}", url, None, None, "suspicious", publisher, reason)
    status: Status = "inferred" if bare else "ok"
    return SourceIdentity(
        f"url:{url}", url, None, None, status, publisher, "the scheme is missing" if bare else None
    )


def _opaque(label: str | None, written: str, reason: str) -> SourceIdentity:
    text = written or (label or "").strip()
    return SourceIdentity(
        f"text:{text.casefold()}",
        None,
        None,
        None,
        "opaque",
        None,
        reason if written else "no target is given",
    )


def _is_void(text: str) -> bool:
    plain = text.strip().strip("[]()（）*_`.。 ").lower()
    return (
        plain in _VOID
        or not plain
        or plain.startswith("#")
        or bool(re.fullmatch(r"\d{1,4}", plain))
    )


def _arxiv(written: str) -> tuple[str, str | None] | None:
    for form in _ARXIV_FORMS:
        if match := form.match(written):
            return match["id"], match["version"]
    parts = _split(written if "://" in written else "https://" + written.lstrip("/"))
    if (
        parts
        and (parts.hostname or "").removeprefix("www.") in _ARXIV_HOSTS
        and (match := _ARXIV_PATH.match(parts.path))
    ):
        return match["id"], match["version"]
    return None


def _paper(
    arxiv_id: str, version: str | None, label: str | None, status: Status, day: date | None
) -> SourceIdentity:
    arxiv_id = re.sub(r"\.[A-Z]{2}/", "/", arxiv_id).lower()
    if (
        version is None
        and (beside := _ARXIV_WITHIN.search(label or ""))
        and beside["id"].lower() == arxiv_id
    ):
        version = beside["version"]
    url = f"https://arxiv.org/abs/{arxiv_id}"
    reason = "the id is taken from the label" if status == "inferred" else None
    if odd := _odd_arxiv(arxiv_id, day):
        status, reason = "suspicious", odd
    return SourceIdentity(
        f"arxiv:{arxiv_id}",
        url,
        arxiv_id,
        int(version) if version else None,
        status,
        "arxiv.org",
        reason,
    )


def _odd_arxiv(arxiv_id: str, day: date | None) -> str | None:
    if "/" in arxiv_id:
        return None
    year, month = 2000 + int(arxiv_id[:2]), int(arxiv_id[2:4])
    if not 1 <= month <= 12 or year < 2007:
        return f"no arXiv id begins with {arxiv_id[:4]}"
    if day and (year, month) > (day.year, day.month):
        return f"the id is of {year}-{month:02}, after the briefing's {day}"
    return None


def _suspicion(url: str, written: str, day: date | None) -> str | None:
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
    if dated := _DATED_PATH.search(parts.path):
        month = dated["month"].lower()
        named = not month.isdigit()
        if named and publisher_domain(host) not in _NAMES_MONTHS:
            return (
                f"the path writes the month as {dated['month']!r}, which {host} is not known to do"
            )
        number = _MONTH_NAMES.split("|").index(month) + 1 if named else int(month)
        try:
            published = date(int(dated["year"]), number, int(dated["day"] or 1))
        except ValueError:
            return "the date in the path is no day"
        # A day's grace: the publisher may sit in a later time zone.
        if day and published > day + timedelta(days=1):
            return f"the path is dated after the briefing's {day}"
    return None


def normalise_url(url: str) -> str | None:
    """https, lower-case host, no fragment, no tracking parameters, no default port, no trailing slash but the root's.

    None where the text is no URL with a host.
    """
    parts = _split(url)
    if not parts or not parts.hostname:
        return None
    host = parts.hostname.rstrip(".").lower()
    if re.search(r"[\s\x00-\x1f\\<>\"]", parts.netloc):
        return None
    try:
        port = parts.port
    except ValueError:
        return None
    login = parts.netloc.rpartition("@")[0]
    netloc = (
        (login + "@" if login else "")
        + (f"[{host}]" if ":" in host else host)
        + (f":{port}" if port not in (None, 80, 443) else "")
    )
    # Cut, not decoded and encoded again: the bytes of a query need not be UTF-8.
    meant = _MEANT.get(host.removeprefix("www."), ())
    names = ((pair, unquote_plus(pair.partition("=")[0])) for pair in parts.query.split("&"))
    query = "&".join(
        pair for pair, name in names if not _TRACKING.match(name) or name.lower() in meant
    )
    found = urlunsplit(("https", netloc, parts.path, query, ""))
    # Again while that takes something away: resolving `/a/./` lays a slash bare, and what follows `;` is escaped at the end alone.
    for _ in range(4):
        before = found
        try:
            plain = urlsplit(canonicalize_url(found, keep_blank_values=True))
        except (ValueError, UnicodeError):
            return None
        found = urlunsplit(plain._replace(path=plain.path.rstrip("/") or "/"))
        if found == before:
            break
    return found if _HOST.fullmatch(plain.hostname or "") else None


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url.strip())
        return parts if parts.hostname else None
    except ValueError:
        return None

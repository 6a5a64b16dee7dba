"""Steps of `make install` that run before any package is installed."""

from pathlib import Path

from requirements.install import pinned, pip_config

ROOT = Path(__file__).resolve().parent.parent


def test_pips_configuration_is_handed_on_to_uv() -> None:
    listing = """\
global.cert='/certs/all.crt'
global.extra-index-url='https://one.example/simple\\nhttps://two.example/simple'
global.index-url='https://index.example/simple'
global.find-links='/wheels /more'
:env:.default-timeout='180'
:env:.disable-pip-version-check='1'
"""
    assert pip_config(listing) == {
        "SSL_CERT_FILE": "/certs/all.crt",
        "UV_INDEX": "https://one.example/simple https://two.example/simple",
        "UV_DEFAULT_INDEX": "https://index.example/simple",
        "UV_FIND_LINKS": "/wheels,/more",
        "UV_HTTP_TIMEOUT": "180",
    }


def test_the_environment_overrules_the_files_as_in_pip() -> None:
    assert pip_config(
        ":env:.index-url='b'\ninstall.index-url='i'\nglobal.index-url='a'\nfreeze.timeout='9'"
    ) == {"UV_DEFAULT_INDEX": "b"}


def test_nothing_is_handed_on_where_nothing_is_configured() -> None:
    assert pip_config("") == {}


def test_one_package_out_of_a_lock() -> None:
    lock = "a==1 \\\n    --hash=sha256:00\n    # via b\nuv==2 ; x \\\n    --hash=sha256:01 \\\n    --hash=sha256:02\nz==3 \\\n    --hash=sha256:03\n"
    assert pinned(lock, "uv") == "uv==2 ; x \\\n    --hash=sha256:01 \\\n    --hash=sha256:02\n"


def test_the_lock_of_the_tools_pins_what_the_install_itself_needs() -> None:
    lock = (ROOT / "requirements/dev.lock").read_text()
    for name in ("uv", "hatchling", "editables"):
        assert "--hash=sha256:" in pinned(lock, name), name

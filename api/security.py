"""Who calls: keys and the tenants they open; without keys, this machine alone."""

import hashlib
import hmac
import ipaddress
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass

from speech.errors import JianggaoError

OFFICE = ""  # the tenant of a key without a name, and of a server without keys: the office itself, as on the command line
_LINK_LIFE = 7 * 24 * 3600  # seconds
_NAME = re.compile(r"[\w-]{1,40}")


@dataclass(frozen=True)
class Keys:
    """Hashes of the keys, each with its tenant. Empty: there are none, and only this machine may call."""

    tenants: Mapping[bytes, str]

    def __bool__(self) -> bool:
        return bool(self.tenants)

    def tenant_of(self, key: str) -> str | None:
        """The tenant that `key` opens; None for a wrong one. Takes the same time for every wrong key."""
        digest, found = _digest(key), None
        for known, tenant in self.tenants.items():
            if hmac.compare_digest(known, digest):
                found = tenant
        return found

    def link(self, tenant: str, draft: str) -> str:
        """What is added to an address of `tenant`'s draft, so that it can be followed without a key for a week; "" where there are no keys."""
        if not self:
            return ""
        until = int(time.time()) + _LINK_LIFE
        return f"&until={until}&signature={self._signature(tenant, draft, until)}"

    def tenant_of_link(self, draft: str, until: int, signature: str) -> str | None:
        """The tenant whose link it is; None for one that is forged, or too old."""
        if until < time.time():
            return None
        own = (name for name in set(self.tenants.values()) if hmac.compare_digest(self._signature(name, draft, until), signature))
        return next(own, None)

    def _signature(self, tenant: str, draft: str, until: int) -> str:
        """Made with the tenant's keys: when they are changed, its links are void."""
        secret = b"".join(sorted(digest for digest, name in self.tenants.items() if name == tenant))
        return hmac.new(secret, f"{tenant} {draft} {until}".encode(), hashlib.sha256).hexdigest()

    def names(self) -> list[str]:
        """Every tenant; the office where there are no keys."""
        return sorted(set(self.tenants.values())) or [OFFICE]


def read_keys(text: str | None) -> Keys:
    """`KEY` or `NAME:KEY`, comma-separated. Raises JianggaoError that names what is wrong, never the key."""
    tenants: dict[bytes, str] = {}
    for number, entry in enumerate((text or "").split(","), 1):
        if not entry.strip():
            continue
        name, colon, key = entry.strip().partition(":")
        if not colon:
            name, key = OFFICE, name
        elif not _NAME.fullmatch(name):
            raise JianggaoError(f"JIANGGAO_API_KEYS 第 {number} 项的名字有误", "名字用字母、数字、汉字和 - _，不超过 40 个字")
        if not key or not key.isascii() or not key.isprintable() or " " in key:
            raise JianggaoError(f"JIANGGAO_API_KEYS 第 {number} 项的密钥有误", "密钥只能有英文字母、数字和符号")
        if tenants.get(_digest(key), name) != name:
            raise JianggaoError(f"JIANGGAO_API_KEYS 第 {number} 项的密钥已归另一个名字", "每个密钥只能归一个名字")
        tenants[_digest(key)] = name
    names = set(tenants.values())
    if len({name.casefold() for name in names}) < len(names):
        # one folder for both, where a file system does not tell Ab from ab
        raise JianggaoError("JIANGGAO_API_KEYS 里有只差大小写的名字", "请改成不同的名字")
    return Keys(tenants)


def key_in(headers: Mapping[str, str]) -> str | None:
    """The key in `Authorization: Bearer …` or `X-API-Key`."""
    scheme, _, key = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and key.strip():
        return key.strip()
    return headers.get("x-api-key") or None


def is_loopback(host: str) -> bool:
    """Is `host` this machine, by name or by address?"""
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost"


def from_here(client: str | None, headers: Mapping[str, str]) -> bool:
    """Did somebody on this machine call, and no web page from elsewhere through his browser?

    A page of another site may send requests to loopback: its Origin gives it away, or, where it made its own name point here, Host.
    """
    origin = headers.get("origin")
    if client is not None and not is_loopback(client):
        return False
    if not is_loopback(_without_port(headers.get("host", ""))):
        return False
    return origin is None or is_loopback(_without_port(origin.partition("://")[2]))


def _without_port(host: str) -> str:
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()

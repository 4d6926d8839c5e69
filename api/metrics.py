"""What Prometheus is told. No label carries a tenant, a draft or a text."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.005, 0.02, 0.1, 0.5, 2, 10, 60)
_JOB_SECONDS = (1, 5, 20, 60, 180, 600, 1800)


class Metrics:
    """The metrics of one server, in a registry of its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter("jianggao_requests", "Requests answered", ("method", "route", "status"), registry=self._registry)
        self._seconds = Histogram(
            "jianggao_request_seconds", "Time to the first byte", ("route",), buckets=_SECONDS, registry=self._registry
        )
        self._jobs = Gauge("jianggao_jobs", "Jobs that are not settled", ("state",), registry=self._registry)
        self._settled = Counter("jianggao_jobs_settled", "Jobs by how they ended", ("outcome",), registry=self._registry)
        self._job_seconds = Histogram(
            "jianggao_job_seconds", "Time that a job ran", buckets=_JOB_SECONDS, registry=self._registry
        )
        self._events = Counter("jianggao_events", "Events told", ("name",), registry=self._registry)
        self._streams = Gauge("jianggao_streams", "Open event streams", registry=self._registry)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        self._requests.labels(method, route, status).inc()
        self._seconds.labels(route).observe(seconds)

    def event(self, name: str) -> None:
        self._events.labels(name).inc()

    def job_done(self, outcome: str, seconds: float) -> None:
        self._settled.labels(outcome).inc()
        self._job_seconds.observe(seconds)

    def text(self, jobs: dict[str, int], streams: int) -> bytes:
        """The exposition, with the gauges as they stand now."""
        for state, count in jobs.items():
            self._jobs.labels(state).set(count)
        self._streams.set(streams)
        return generate_latest(self._registry)

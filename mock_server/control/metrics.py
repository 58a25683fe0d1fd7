"""`GET /metrics`: counts and gauges of every project, in the Prometheus format."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.registry import Collector
from starlette.responses import Response

from mock_server.control.guard import has_control_key, no_other_site
from mock_server.errors import ControlForbidden
from mock_server.http.context import RequestContext
from mock_server.http.operation import Operation, Resource
from mock_server.state.projects import Projects


def resources() -> list[Resource]:
    """Return the resource of the metrics."""
    return [
        Resource(
            "/metrics",
            {
                "GET": Operation(
                    guard=_allowed,
                    name="metrics",
                    summary="Return counts and gauges of every project, in the Prometheus format.",
                    handler=show,
                    response=str,
                    media_types=("text/plain",),
                )
            },
        ),
    ]


_PROJECT = ["project"]
FORM = "text/plain; version=0.0.4; charset=utf-8"


def _allowed(context: RequestContext) -> None:
    """Raise ControlForbidden for pages from elsewhere, or without the control key; scrapers use any host name."""
    no_other_site(context, refuser="/metrics")
    if not has_control_key(context):
        raise ControlForbidden("/metrics asks for the control key: send it as 'Authorization: Bearer KEY'.")


def show(context: RequestContext) -> Response:
    """Return the current metrics of every project."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Everything(context.projects))
    return Response(generate_latest(registry), media_type=FORM)


class _Everything(Collector):
    def __init__(self, projects: Projects) -> None:
        self._projects = projects

    def collect(self) -> Iterator[Metric]:
        requests = SummaryMetricFamily(
            "chatkit_mock_request_seconds",
            "Requests, and how many seconds they took.",
            labels=[*_PROJECT, "operation", "status"],
        )
        sessions = GaugeMetricFamily("chatkit_mock_sessions", "Sessions by status.", labels=[*_PROJECT, "status"])
        threads = GaugeMetricFamily("chatkit_mock_threads", "Threads.", labels=_PROJECT)
        faults = CounterMetricFamily(
            "chatkit_mock_fault_hits", "Requests that a fault was applied to.", labels=[*_PROJECT, "fault"]
        )
        streams = GaugeMetricFamily("chatkit_mock_open_streams", "Streams that are still open.", labels=_PROJECT)
        for project in self._projects:
            for (operation, status), (count, seconds) in list(project.journal.totals.items()):
                requests.add_metric([project.name, operation or "", str(status)], int(count), seconds)
            for name, number in project.sessions.count(project.clock.now()).items():
                sessions.add_metric([project.name, name], number)
            for name, hits in project.faults.hits.items():
                faults.add_metric([project.name, name], hits)
            threads.add_metric([project.name], len(project.threads))
            streams.add_metric([project.name], project.journal.open_streams)
        yield from (requests, sessions, threads, faults, streams)

"""How gunicorn serves the application: ``gunicorn --config python:tracker.serving "tracker:create_app()"``."""

import gc
from typing import Any


def settle() -> None:
    """Set what the application is made of apart from what requests make: it lives as long as the process.

    Each full collection then walks some 250,000 objects less, 0.12 s (measured on reading a declaration of 5,000
    actions, which meets two).
    """
    gc.collect()
    gc.freeze()


def post_worker_init(_worker: Any) -> None:
    """Called by gunicorn in each worker, once it has made the application."""
    settle()

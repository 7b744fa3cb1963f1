"""Errors as answers: a page for people, a problem for programs."""

from fastapi import Request, Response
from starlette.exceptions import HTTPException

from roomstead.domain.errors import AppError
from roomstead.entrypoints.web.pages.errors import error_page, is_for_people
from roomstead.entrypoints.web.problems import foreseen, problem


async def answer_error(request: Request, error: Exception) -> Response:
    """The handler of every error that a route or the framework raises."""
    response = await answer_to(request, foreseen(request, error))
    if isinstance(error, HTTPException):
        response.headers.update(error.headers or {})
    return response


async def answer_to(request: Request, error: AppError) -> Response:
    """The answer that says what went wrong."""
    return await error_page(request, error) if is_for_people(request) else problem(request, error)

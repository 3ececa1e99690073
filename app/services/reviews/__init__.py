"""Reviews: what waits for a person, why, where it lies, and the judgement."""

from app.services.reviews.judging import approve_review, approve_reviews, return_review
from app.services.reviews.listing import ReviewPage, list_reviews, page_reviews, show_review

__all__ = [
    "ReviewPage",
    "approve_review",
    "approve_reviews",
    "list_reviews",
    "page_reviews",
    "return_review",
    "show_review",
]

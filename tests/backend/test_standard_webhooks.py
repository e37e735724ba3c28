"""Signatures are those of the published specification."""

from datetime import UTC, datetime

import pytest

from backend import standard_webhooks

# The example in the tests of the specification's own libraries (standard-webhooks, libraries/python/tests).
PUBLISHED = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
AT = datetime.fromtimestamp(1614265330, UTC)
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_published_example_is_signed_as_it_is_published() -> None:
    made = standard_webhooks.headers([standard_webhooks.secret(PUBLISHED)], "msg_p5jXN8AQM9LWM0D4loKWxJek", AT, BODY)
    assert made == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": SIGNATURE,
    }


def test_while_a_secret_is_changed_both_sign() -> None:
    other = standard_webhooks.secret("whsec_" + "QUJD" * 10)
    signed = standard_webhooks.headers(
        [other, standard_webhooks.secret(PUBLISHED)], "msg_p5jXN8AQM9LWM0D4loKWxJek", AT, BODY
    )
    first, second = signed["webhook-signature"].split(" ")
    assert (first[:3], second) == ("v1,", SIGNATURE)
    assert first != second


@pytest.mark.parametrize(
    ("text", "says"),
    [("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "begin"), ("whsec_å", "base64"), ("whsec_QUJD", "24 to 64")],
)
def test_a_secret_that_is_none_says_what_is_wrong_and_not_its_value(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says) as wrong:
        standard_webhooks.secret(text)
    assert text not in str(wrong.value)

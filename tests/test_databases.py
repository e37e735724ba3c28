"""The databases of tests are made by one psql that stays."""

import pytest

from backend.postgres import PostgresError, Server


def test_what_is_refused_is_told_and_the_next_is_done(pg: Server) -> None:
    assert pg.run_sql("SELECT 1; SELECT word FROM (VALUES ('a'), ('b')) AS words (word)") == "1\na\nb"
    with pytest.raises(PostgresError, match="nonsense"):
        pg.run_sql("SELECT 1; SELECT nonsense; SELECT 2")
    assert pg.run_sql("SELECT 7") == "7"
    assert pg.run_sql("DO $$ BEGIN RAISE NOTICE 'by the way'; END $$") == ""

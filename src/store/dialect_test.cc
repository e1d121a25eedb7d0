#include "store/dialect.h"
#include "store/set_wise.h"

#include <gtest/gtest.h>

#include "store/statements.h"

namespace onward::store {
namespace {

using ports::Engine;

std::string sqlite(std::string_view text) { return translate(text, Engine::sqlite).value().sql; }
std::string postgres(std::string_view text) { return translate(text, Engine::postgres).value().sql; }
std::string wrong(std::string_view text) { return translate(text, Engine::sqlite).error().message; }

TEST(Dialect, WritesParametersTheEnginesWay) {
  EXPECT_EQ(sqlite("SELECT ?1, $2, ?1;"), "SELECT ?1, ?2, ?1");
  EXPECT_EQ(postgres("SELECT ?1::jsonb, ?10, $2, ?3, ?4, ?5, ?6, ?7, ?8, ?9"),
            "SELECT $1::jsonb, $10, $2, $3, $4, $5, $6, $7, $8, $9");
  EXPECT_EQ(translate("?2 ?1 ?2", Engine::sqlite).value().parameters, 2);
  EXPECT_EQ(translate("'?1'", Engine::sqlite).value().parameters, 0);
}

TEST(Dialect, RefusesWhatIsProbablyAMistake) {
  EXPECT_EQ(wrong("SELECT ?"), "a parameter needs a number from 1 to 999: ?1");
  EXPECT_EQ(wrong("SELECT ?0"), "a parameter needs a number from 1 to 999: ?1");
  EXPECT_EQ(wrong("SELECT ?1, ?3"), "parameter ?2 is never used");
  EXPECT_EQ(wrong("SELECT {NONE}"), "unknown macro {NONE}");
  EXPECT_EQ(wrong("SELECT {INT"), "a macro is not closed");
  EXPECT_EQ(wrong("SELECT 'it''s"), "a quote is not closed");
  EXPECT_FALSE(choose_blocks("{sqlite} x", Engine::postgres));
}

TEST(Dialect, LeavesQuotedTextAlone) {
  std::string text = "SELECT '{INT} ?1 -- it''s', \"{x}\", '{\"a\": 1}'";
  EXPECT_EQ(sqlite(text), text);
  EXPECT_EQ(postgres("AS $b$ {INT} ?1 'x $b$"), "AS $b$ {INT} ?1 'x $b$");
}

TEST(Dialect, DropsCommentsAndExpandsMacros) {
  EXPECT_EQ(sqlite("a -- don't ?7 {X}\nb /* 'c */ d"), "a  \nb   d");
  EXPECT_EQ(sqlite("{PK} {INT} {STRICT} {FOR_UPDATE}"), "INTEGER PRIMARY KEY INTEGER STRICT");
  EXPECT_EQ(postgres("{FOR_UPDATE_OF a, b}"), "FOR UPDATE OF a, b");
  EXPECT_EQ(sqlite("x {FOR_UPDATE_OF a}"), "x");
  EXPECT_FALSE(translate("{FOR_UPDATE_OF a; drop}", Engine::sqlite));
}

TEST(Dialect, KeepsItsOwnBlocks) {
  std::string_view text = "a{sqlite}b{/sqlite}c{postgres}d{/postgres}e";
  EXPECT_EQ(choose_blocks(text, Engine::sqlite).value(), "abce");
  EXPECT_EQ(choose_blocks(text, Engine::postgres).value(), "acde");
}

StatementBook book(const Catalogue& catalogue) { return StatementBook::read(catalogue, Engine::postgres).value(); }
std::string book_error(const Catalogue& catalogue) {
  return StatementBook::read(catalogue, Engine::postgres).error().message;
}

TEST(Dialect, ListsOfIdsAreOneParameter) {
  EXPECT_EQ(sqlite("id {AMONG ?2}, ?1"), "id IN (SELECT value FROM json_each(?2)), ?1");
  EXPECT_EQ(postgres("id {AMONG ?1}"), "id = ANY (CAST(translate(CAST($1 AS TEXT), '[]', '{}') AS BIGINT[]))");
  EXPECT_FALSE(translate("id {AMONG ?1, 2}", Engine::postgres));
}

TEST(Dialect, WordsAreComparedOneByOneOnSqlite) {
  EXPECT_EQ(sqlite("CHECK ({ONE_OF s: a b_c})"), "CHECK ((s = 'a' OR s = 'b_c'))");
  EXPECT_EQ(postgres("CHECK ({ONE_OF s: a b_c})"), "CHECK (s IN ('a', 'b_c'))");
  EXPECT_FALSE(translate("{ONE_OF s: a' }", Engine::sqlite));
}

TEST(Statements, OverridesGoByName) {
  StatementBook read =
      book({.statements = {{"a.sql", "-- header\n-- name: a\nSELECT 1\n-- name: b\r\nSELECT ?1, ?2;\n"}},
            .postgres_overrides = {{"a.sql", "-- name: a\nSELECT 2\n"}}});
  EXPECT_EQ(read.find("a")->sql, "SELECT 2");
  EXPECT_EQ(read.find("b")->parameters, 2);
  EXPECT_EQ(read.find("c"), nullptr);
}

TEST(Statements, SetWiseOnesAreMarked) {
  StatementBook read = book({.statements = {{"a.sql",
                                             "-- name: a set-wise\nINSERT INTO t (x) VALUES (?1)\n"
                                             "-- name: b\nINSERT INTO t (x) VALUES (?1)\n"}}});
  EXPECT_TRUE(read.find("a")->set_wise);
  EXPECT_FALSE(read.find("b")->set_wise);
  EXPECT_EQ(book_error({.statements = {{"a.sql", "-- name: a set-wise\nDELETE FROM t\n"}}}),
            "a in a.sql: a set-wise statement is an INSERT with VALUES or an UPDATE with one WHERE");
}

TEST(SetWise, DoesForManyWhatTheStatementDoesForOne) {
  std::vector<std::string> types{"bigint", "text"};
  EXPECT_EQ(set_wise("INSERT INTO t (a, b, c)\nVALUES ($1, lower($2), 0) ON CONFLICT DO NOTHING", types).value(),
            "INSERT INTO t (a, b, c) SELECT u.p1, lower(u.p2), 0 FROM unnest($1::bigint[], $2::text[]) AS u (p1, p2) "
            "ON CONFLICT DO NOTHING");
  EXPECT_EQ(set_wise("UPDATE t SET b = $2\n  WHERE id = $1", types).value(),
            "UPDATE t SET b = u.p2 FROM unnest($1::bigint[], $2::text[]) AS u (p1, p2) WHERE id = u.p1");
  EXPECT_FALSE(set_wise("UPDATE t SET b = 'x $1' WHERE id = $2", types));
}

TEST(SetWise, ValuesBecomeArraysThatKeepEveryCharacter) {
  std::vector<ports::Params> rows{
      {int64_t{-5}, std::string("a\"b\\c,{}\n")}, {ports::Value{}, std::string()}, {1.5, std::string("NULL")}};
  EXPECT_EQ(array_literals(rows), (std::vector<std::string>{"{-5,NULL,1.5}", "{\"a\\\"b\\\\c,{}\n\",\"\",\"NULL\"}"}));
  EXPECT_TRUE(array_literals({}).empty());
}

TEST(Statements, MistakesNameTheirPlace) {
  Catalogue::File a{"a.sql", "-- name: a\nSELECT 1\n"};
  EXPECT_EQ(book_error({.statements = {a, a}}), "a in a.sql: the name is used twice");
  EXPECT_EQ(book_error({.postgres_overrides = {a}}), "a in a.sql: there is no statement to override");
  EXPECT_EQ(book_error({.statements = {{"x.sql", "-- name: a b\nSELECT 1"}}}),
            "'a b' in x.sql is not a statement name");
  EXPECT_EQ(book_error({.statements = {{"x.sql", "-- name: a\n-- nothing\n"}}}),
            "a in x.sql: the statement has no text on this engine");
}

TEST(Migrations, AreCutAtTheirMarksAndSorted) {
  auto read = read_migrations(
      {.migrations = {{"0002_b.sql", "x\n--;\n\n-- only a comment\n--; \ny;\n"}, {"0001_a.sql", "BEGIN a; b; END"}}},
      Engine::sqlite);
  ASSERT_TRUE(read);
  EXPECT_EQ((*read)[0].name, "0001_a");
  EXPECT_EQ((*read)[0].steps, std::vector<std::string>{"BEGIN a; b; END"});
  EXPECT_EQ((*read)[1].steps, (std::vector<std::string>{"x", "y"}));
  EXPECT_FALSE(read_migrations({.migrations = {{"1_a.sql", ""}}}, Engine::sqlite));
  EXPECT_FALSE(read_migrations({.migrations = {{"0001_a.sql", ""}, {"0001_b.sql", ""}}}, Engine::sqlite));
}

}  // namespace
}  // namespace onward::store

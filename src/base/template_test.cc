#include "base/template.h"

#include <gtest/gtest.h>

#include "base/rng.h"

namespace onward {
namespace {

Json values(std::string_view text) { return *parse_json(text); }

std::string rendered(std::string_view text, std::string_view json, Escape escape = Escape::none) {
  auto t = parse_template(text);
  if (!t) return "parse: " + t.error().message;
  auto out = render(*t, values(json), escape);
  return out ? *out : "error: " + out.error().message;
}
std::string parse_error(std::string_view text) {
  auto t = parse_template(text);
  return t ? "" : t.error().message;
}

TEST(Template, prints_values) {
  EXPECT_EQ(rendered("Hello {{contact.first_name}}, {{ a }}!", R"({"contact":{"first_name":"Ann"},"a":12})"),
            "Hello Ann, 12!");
  EXPECT_EQ(rendered("no tags } }} {", "{}"), "no tags } }} {");
  EXPECT_EQ(rendered("", "{}"), "");
  EXPECT_EQ(*render(Template{}, values("{}"), Escape::none), "");
}

TEST(Template, defaults_stand_in_for_missing_and_blank) {
  for (const char* json : {"{}", R"({"c":null})", R"({"c":{"n":""}})", R"({"c":{"n":"  "}})", R"({"c":"x"})"})
    EXPECT_EQ(rendered(R"(Hi {{c.n | "there"}})", json), "Hi there") << json;
  EXPECT_EQ(rendered(R"(Hi {{c.n|"there"}})", R"({"c":{"n":"Bo"}})"), "Hi Bo");
}

TEST(Template, a_missing_value_is_an_error_naming_it) {
  auto t = *parse_template("{{a}} {{b.c}} {{a}} {{#each l}}{{this.x}}{{/each}}");
  auto out = render(t, values(R"({"a":" ","l":[{"x":"1"},{},{"x":""}]})"), Escape::none);
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code, Code::invalid);
  ASSERT_EQ(out.error().fields.size(), 3u);
  EXPECT_EQ(out.error().fields[0].pointer, "a");
  EXPECT_EQ(out.error().fields[1].pointer, "b.c");
  EXPECT_EQ(out.error().fields[2].pointer, "l[].x");
  for (const FieldError& f : out.error().fields) EXPECT_EQ(f.code, "missing_variable");
}

TEST(Template, conditions) {
  std::string_view text = "{{#if a}}yes{{else}}no{{/if}}";
  for (const char* json : {R"({"a":"x"})", R"({"a":[1]})", R"({"a":true})", R"({"a":3})", R"({"a":{}})"})
    EXPECT_EQ(rendered(text, json), "yes") << json;
  for (const char* json :
       {"{}", R"({"a":""})", R"({"a":" "})", R"({"a":[]})", R"({"a":false})", R"({"a":0})", R"({"a":null})"})
    EXPECT_EQ(rendered(text, json), "no") << json;
  EXPECT_EQ(rendered("{{#if a}}{{a}}{{/if}}.", "{}"), ".");
}

TEST(Template, lists) {
  EXPECT_EQ(rendered("{{#each s}}{{this.what}} by {{this.due}}; {{/each}}",
                     R"({"s":[{"what":"A","due":"Monday"},{"what":"B","due":"Friday"}]})"),
            "A by Monday; B by Friday; ");
  EXPECT_EQ(rendered("{{#each tags}}<{{this}}>{{/each}}", R"({"tags":["a","b"]})"), "<a><b>");
  EXPECT_EQ(rendered("{{#each a}}{{#each this.b}}{{this}}{{x}} {{/each}}{{/each}}",
                     R"({"x":"!","a":[{"b":["1","2"]},{"b":["3"]}]})"),
            "1! 2! 3! ");
  EXPECT_EQ(rendered("{{#each s}}x{{/each}}", R"({"s":[]})"), "error: s has no entries");
  EXPECT_EQ(rendered("{{#if s}}{{#each s}}x{{/each}}{{/if}}", R"({"s":[]})"), "");
  EXPECT_EQ(rendered("{{#each s}}x{{/each}}", R"({"s":"text"})"), "error: s is not a list");
  EXPECT_EQ(rendered("{{s}}", R"({"s":[1]})"), "error: s cannot be printed");
}

TEST(Template, a_tag_alone_on_its_line_leaves_no_line) {
  EXPECT_EQ(rendered("Hello\n  {{#if a}}\nA: {{a}}\n{{else}}\nnone\n{{/if}}\nBye", R"({"a":"1"})"), "Hello\nA: 1\nBye");
  EXPECT_EQ(rendered("{{#each l}}\n- {{this}}\n{{/each}}\n", R"({"l":["a","b"]})"), "- a\n- b\n");
  EXPECT_EQ(rendered("{{#if a}}\r\nx\r\n{{/if}}", R"({"a":"1"})"), "x\r\n");
  EXPECT_EQ(rendered("x {{#if a}}\ny{{/if}}\nz", R"({"a":"1"})"), "x \ny\nz");
  EXPECT_EQ(rendered("{{#if a}}\n  {{#if a}}\nx\n  {{/if}}\n{{/if}}", R"({"a":"1"})"), "x\n");
}

TEST(Template, errors_name_line_and_column) {
  EXPECT_EQ(parse_error("a\nb {{c"), "line 2, column 3: {{ is never closed with }}");
  EXPECT_EQ(parse_error("é {{/if}}"), "line 1, column 3: {{/if}} closes nothing here");
  EXPECT_EQ(parse_error("\n\n{{#if a}}"), "line 3, column 1: {{#if}} is never closed with {{/if}}");
  EXPECT_EQ(parse_error("{{#each a}}{{else}}{{/each}}"),
            "line 1, column 12: {{else}} belongs between {{#if}} and {{/if}}");
  EXPECT_EQ(parse_error("{{this.a}}"), "line 1, column 1: {{this}} belongs between {{#each}} and {{/each}}");
}

TEST(Template, refuses_everything_else) {
  for (const char* text : {"{{}}",
                           "{{ }}",
                           "{{a b}}",
                           "{{a()}}",
                           "{{a.}}",
                           "{{.a}}",
                           "{{a..b}}",
                           "{{1a}}",
                           "{{a[0]}}",
                           "{{{a}}}",
                           "{{>part}}",
                           "{{include x}}",
                           "{{#if}}{{/if}}",
                           "{{#unless a}}{{/unless}}",
                           "{{#if a}}{{/each}}",
                           "{{#if a}}{{else}}{{else}}{{/if}}",
                           "{{a | b}}",
                           "{{a | \"\"}}",
                           "{{a | \" \"}}",
                           "{{a | \"x}}",
                           "{{a | \"x\" | \"y\"}}",
                           "{{a|upper}}",
                           "{{$ENV}}",
                           "{{a\n}}",
                           "{{a-b}}",
                           "{{else}}",
                           "{{#each a}}{{#if b}}{{/each}}{{/if}}",
                           "\xff{{a}}"})
    EXPECT_FALSE(parse_template(text)) << text;
  EXPECT_FALSE(parse_template(std::string_view("a\0b", 3)));
}

TEST(Template, limits) {
  EXPECT_TRUE(parse_template(std::string(kMaxTemplateBytes, 'x')));
  EXPECT_EQ(parse_template(std::string(kMaxTemplateBytes + 1, 'x')).error().fields[0].code, "too_long");
  auto nested = [](int depth) {
    std::string open, close;
    for (int i = 0; i < depth; ++i) open += "{{#if a}}", close += "{{/if}}";
    return parse_template(open + "x" + close);
  };
  EXPECT_TRUE(nested(kMaxTemplateNesting));
  EXPECT_EQ(nested(kMaxTemplateNesting + 1).error().fields[0].code, "too_deep");
  EXPECT_FALSE(nested(5000));
}

TEST(Template, output_and_work_are_bounded) {
  std::string item(10'000, 'x');
  json::array list;
  for (int i = 0; i < 200; ++i) list.emplace_back(item);
  Json data = json::object{{"l", list}};
  auto out = render(*parse_template("{{#each l}}{{this}}{{/each}}"), data, Escape::none);
  EXPECT_EQ(out.error().code, Code::too_large);
  std::string bomb, end;
  for (int i = 0; i < kMaxTemplateNesting; ++i) bomb += "{{#each l}}", end += "{{/each}}";
  out = render(*parse_template(bomb + end), data, Escape::none);
  EXPECT_EQ(out.error().code, Code::too_large);
  out = render(*parse_template("{{a}}"), json::object{{"a", std::string(kMaxRenderedBytes, 'x')}}, Escape::none);
  EXPECT_EQ(out->size(), kMaxRenderedBytes);
  out = render(*parse_template("{{a}}"), json::object{{"a", std::string(kMaxRenderedBytes, '<')}}, Escape::html);
  EXPECT_EQ(out.error().code, Code::too_large);
}

TEST(Template, values_are_never_read_as_a_template) {
  for (const char* attack :
       {"{{secret}}", "{{#each l}}", "{{/if}}", "{{", "}}", "{{this}}", "{{a | \"x\"}}", "<script>alert(1)</script>",
        "\" onload=\"x", "line\r\nBcc: x@example.org", "${secret}", "%s%n", "\xe2\x80\xae", "&lt;", "' OR 1=1"}) {
    Json data = json::object{{"a", attack}, {"secret", "s3cret"}, {"l", json::array{attack}}};
    EXPECT_EQ(*render(*parse_template("{{a}}|{{#each l}}{{this}}{{/each}}"), data, Escape::none),
              std::string(attack) + "|" + attack);
    std::string html = *render(*parse_template("<p>{{a}}</p>"), data, Escape::html);
    EXPECT_EQ(html.find_first_of("<>\"'", 3), html.size() - 4) << html;
    EXPECT_EQ(html.find("s3cret"), html.npos);
  }
  EXPECT_EQ(rendered("<b>{{a}}</b>", R"({"a":"<&>\"'"})", Escape::html), "<b>&lt;&amp;&gt;&quot;&#39;</b>");
  EXPECT_EQ(rendered(R"({{a | "<x>"}})", "{}", Escape::html), "&lt;x&gt;");
}

TEST(Template, random_pieces_parse_or_are_refused) {
  const char* pieces[] = {"{{",          "}}",        "{{a}}",    "{{#if a}}", "{{else}}",   "{{/if}}",
                          "{{#each l}}", "{{/each}}", "{{this}}", "\n",        " ",          "x",
                          "\r\n",        "{{#if ",    "|",        "\"d\"",     "{{this.x}}", "é"};
  Rng rng(12);
  int parsed = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (uint64_t n = rng.below(9); n > 0; --n) text += pieces[rng.below(std::size(pieces))];
    auto t = parse_template(text);
    if (!t) {
      ASSERT_TRUE(t.error().message.starts_with("line ")) << text;
      continue;
    }
    ++parsed;
    auto out = render(*t, values(R"({"a":"{{a}}","l":["1",{"x":"2"}]})"), Escape::html);
    ASSERT_TRUE(out || out.error().fields.size() > 0) << text;
  }
  EXPECT_GT(parsed, 1000);
}

const VariableTypes kTypes = {
    {"contact.first_name", VariableType::text}, {"talk.date", VariableType::date}, {"assets", VariableType::list},
    {"assets[].title", VariableType::text},     {"tags", VariableType::list},      {"tags[]", VariableType::text},
    {"urgent", VariableType::boolean}};

TEST(CheckTemplate, accepts_what_is_declared) {
  auto t = *parse_template(
      "{{contact.first_name}} {{talk.date}} {{#if urgent}}!{{/if}} {{#if assets}}{{#each assets}}{{this.title}}"
      "{{contact.first_name}}{{/each}}{{/if}}{{#each tags}}{{this}}{{#if this}}.{{/if}}{{/each}}");
  EXPECT_TRUE(check_template(t, kTypes));
}

TEST(CheckTemplate, names_what_is_unknown_or_of_another_type) {
  auto t = *parse_template(
      "{{contact.frist_name}}\n{{urgent}}{{assets}}{{#each urgent}}{{/each}}{{#each assets}}{{this.x}}{{/each}}");
  auto status = check_template(t, kTypes);
  ASSERT_FALSE(status);
  std::vector<std::pair<std::string, std::string>> got;
  for (const FieldError& f : status.error().fields) got.emplace_back(f.pointer, f.code);
  std::vector<std::pair<std::string, std::string>> want = {{"contact.frist_name", "unknown_variable"},
                                                           {"urgent", "wrong_type"},
                                                           {"assets", "wrong_type"},
                                                           {"assets[].x", "unknown_variable"}};
  EXPECT_EQ(got, want);
  EXPECT_EQ(status.error().fields[0].message, "line 1, column 1: contact.frist_name is not a known variable");
}

TEST(Template, lists_its_variables) {
  auto uses = parse_template("{{a | \"x\"}}{{#if b}}{{else}}{{#each c}}{{this.d}}{{/each}}{{/if}}")->variables();
  ASSERT_EQ(uses.size(), 4u);
  EXPECT_TRUE(uses[0].has_default);
  EXPECT_EQ(uses[1].as, VariableUse::As::condition);
  EXPECT_EQ(uses[2].as, VariableUse::As::list);
  EXPECT_EQ(uses[3].path, "this.d");
  EXPECT_EQ(uses[3].in_each_of, "c");
  EXPECT_EQ(uses[3].declared(), "c[].d");
}

}  // namespace
}  // namespace onward

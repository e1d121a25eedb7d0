#include "caldav/xml.h"

#include <gtest/gtest.h>

#include "caldav/multistatus.h"

namespace onward::caldav {
namespace {

TEST(Xml, KnowsNamespacesWhateverTheirPrefix) {
  auto root =
      read_xml(R"(<?xml version="1.0"?><x:a xmlns:x="DAV:" xmlns="urn:b"><b k="v">one &amp; <c/>two</b></x:a>)");
  ASSERT_TRUE(root);
  EXPECT_EQ(root->space, "DAV:");
  EXPECT_EQ(root->name, "a");
  const Element* b = root->child("urn:b", "b");
  ASSERT_NE(b, nullptr);
  EXPECT_EQ(b->text, "one & two");
  EXPECT_EQ(b->attribute("k"), "v");
  EXPECT_EQ(b->attribute("other"), "");
  EXPECT_EQ(b->children.size(), 1u);
  EXPECT_EQ(root->child("DAV:", "b"), nullptr);
}

TEST(Xml, RefusesWhatExpandsIsDeepOrIsCutOff) {
  EXPECT_FALSE(read_xml(R"(<!DOCTYPE a [<!ENTITY x "xx">]><a>&x;</a>)"));
  EXPECT_FALSE(read_xml(R"(<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>)"));
  EXPECT_FALSE(read_xml("<a><b></a>"));
  EXPECT_FALSE(read_xml("<a>"));
  EXPECT_FALSE(read_xml(""));
  EXPECT_FALSE(read_xml("<a>\xff</a>"));
  std::string deep, shut;
  for (int i = 0; i <= kMaxDepth; ++i) deep += "<a>", shut += "</a>";
  EXPECT_FALSE(read_xml(deep + shut));
  std::string wide = "<a>";
  for (int i = 0; i <= kMaxElements; ++i) wide += "<b/>";
  EXPECT_FALSE(read_xml(wide + "</a>"));
}

TEST(Xml, EscapedTextComesBack) {
  std::string text = "<a href=\"x\">&amp;]]>";
  auto root = read_xml("<t>" + escape_xml(text) + "</t>");
  ASSERT_TRUE(root);
  EXPECT_EQ(root->text, text);
}

constexpr std::string_view kListing = R"(<?xml version="1.0"?>
<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">
<d:response><d:href> /me/tasks/ </d:href><d:propstat><d:prop><d:resourcetype><d:collection/><c:calendar/></d:resourcetype>
<c:supported-calendar-component-set><c:comp name="VTODO"/></c:supported-calendar-component-set></d:prop>
<d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>
<d:response><d:href>/me/talks/</d:href><d:propstat><d:prop><d:resourcetype><d:collection/><c:calendar/></d:resourcetype>
<c:supported-calendar-component-set><c:comp name="VTODO"/><c:comp name="VEVENT"/></c:supported-calendar-component-set>
</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>
<d:propstat><d:prop><d:getetag>not there</d:getetag></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat>
</d:response>
<d:response><d:href>/me/gone/</d:href><d:status>HTTP/1.1 507 Insufficient Storage</d:status></d:response>
</d:multistatus>)";

TEST(Multistatus, KeepsWhatResourcesHave) {
  auto found = read_multistatus(kListing);
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->size(), 3u);
  EXPECT_EQ(found->at(0).href, "/me/tasks/");
  EXPECT_FALSE(found->at(0).is_calendar()) << "a list of tasks";
  EXPECT_TRUE(found->at(1).is_calendar());
  EXPECT_EQ(found->at(1).text(kDav, "getetag"), "") << "a property that the resource has not";
  EXPECT_EQ(found->at(2).status, 507);
}

TEST(Multistatus, RefusesOtherDocuments) {
  EXPECT_FALSE(read_multistatus("<html/>"));
  EXPECT_FALSE(read_multistatus("<multistatus/>")) << "of no namespace";
  EXPECT_FALSE(read_multistatus("not XML"));
}

}  // namespace
}  // namespace onward::caldav

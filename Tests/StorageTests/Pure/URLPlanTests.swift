// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Storage

@Suite struct URLPlanTests {
  @Test(
    arguments: [
      (0, "InvalidUrlExpiration"), (-1, "InvalidUrlExpiration"), (.min, "InvalidUrlExpiration"),
      (604_801, "UrlExpirationMaxLimitExceed"), (.max, "UrlExpirationMaxLimitExceed"),
    ] as [(Int, String)])
  func lifeHasLimits(seconds: Int, name: String) {
    let error = #expect(throws: StorageError.self) { try URLPlan(URLOptions(expiresIn: seconds)) }
    #expect(error?.name == name)
  }

  @Test(arguments: [1, 900, 604_800])
  func withinThemItIsFree(seconds: Int) throws { _ = try URLPlan(URLOptions(expiresIn: seconds)) }

  @Test func aPutBindsItsHeaders() throws {
    let plan = try URLPlan(
      URLOptions(
        method: .put, contentType: "image/jpeg", contentDisposition: .inline(filename: "ü.jpg"),
        cacheControl: "no-store"))
    #expect(plan.query.isEmpty)
    #expect(plan.headers.map(\.name) == ["content-type", "content-disposition", "cache-control"])
    #expect(
      plan.headers.map(\.value) == [
        "image/jpeg", "inline; filename=\"_.jpg\"; filename*=UTF-8''%C3%BC.jpg", "no-store",
      ])
  }

  @Test func aGetOverridesWhatTheObjectSays() throws {
    let plan = try URLPlan(URLOptions(contentType: "text/x", contentDisposition: "inline", cacheControl: "no-store"))
    #expect(plan.headers.isEmpty)
    #expect(
      plan.query.map(\.name) == ["response-content-type", "response-content-disposition", "response-cache-control"])
    #expect(plan.query.map(\.value) == ["text/x", "inline", "no-store"])
  }

  @Test func ownersHaveTwelveDigits() {
    let error = #expect(throws: StorageError.self) { try URLPlan(URLOptions(expectedBucketOwner: "1234567890123")) }
    #expect(error?.name == "InvalidAWSAccountID")
  }
}

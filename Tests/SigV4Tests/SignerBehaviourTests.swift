// SPDX-License-Identifier: Apache-2.0

import SigV4
import Testing

@Suite struct SignerBehaviourTests {
  private let request = SignableRequest(
    method: "GET", host: "examplebucket.s3.amazonaws.com", path: "/test.txt", headers: [("range", "bytes=0-9")],
    payload: .empty)
  private let first = AWSCredentials(
    accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
  private let second = AWSCredentials(accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "another")

  private func signature(_ signer: Signer, _ credentials: AWSCredentials, _ time: Int64) -> String {
    String(signer.sign(request, with: credentials, at: time).last?.value.suffix(64) ?? "")
  }

  /// The kept key must not outlive the secret or the day that it was derived from. Literals: the S3 reference, and
  /// botocore 1.44.5 for the other secret and the following day.
  @Test func keyFollowsSecretAndDay() {
    let signer = Signer(service: "s3", region: "us-east-1")
    let documented = "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    let otherSecret = "f6d09c43f90f937343ab9b532a09dc9358bd1f48f7c21d63e67feb1c98da767f"
    let otherDay = "617b808c41bf86c08dca3fe393bda31a6228139c25611b4dd8149940e44c540e"
    for _ in 0..<2 {
      #expect(signature(signer, first, 1_369_353_600) == documented)
      #expect(signature(signer, second, 1_369_353_600) == otherSecret)
      #expect(signature(signer, first, 1_369_440_000) == otherDay)
    }
  }

  @Test func manyTasksShareASigner() async {
    let signer = Signer(service: "s3", region: "us-east-1")
    await withTaskGroup(of: Bool.self) { group in
      for task in 0..<8 {
        group.addTask {
          (0..<200).allSatisfy { index in
            let isFirst = (task + index) % 2 == 0
            return signature(signer, isFirst ? first : second, 1_369_353_600)
              == (isFirst
                ? "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
                : "f6d09c43f90f937343ab9b532a09dc9358bd1f48f7c21d63e67feb1c98da767f")
          }
        }
      }
      for await isRight in group { #expect(isRight) }
    }
  }

  @Test func credentialsHideTheirSecret() {
    let credentials = AWSCredentials(accessKeyID: "AKIA", secretAccessKey: "hidden!", sessionToken: "token!")
    var dumped = ""
    dump(credentials, to: &dumped)
    for text in ["\(credentials)", String(reflecting: credentials), dumped] {
      #expect(!text.contains("hidden!"))
      #expect(!text.contains("token!"))
    }
  }
}

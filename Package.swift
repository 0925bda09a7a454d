// swift-tools-version: 6.0
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let grdb: [Target.Dependency] = [
  .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
]
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

// The targets, bottom up. `docs/ARCHITECTURE.md` says what each is for; `scripts/check` refuses an import that points up.
let package = Package(
  name: "pail",
  products: [
    .executable(name: "pail", targets: ["pail"]),
    .library(name: "PailStorage", targets: ["Storage"]),
    .library(name: "PailRecords", targets: ["Records"]),
  ],
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
  ],
  targets: [
    .systemLibrary(name: "CFUSE", pkgConfig: "fuse3", providers: [.apt(["libfuse3-dev"])]),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CISAL", pkgConfig: "libisal", providers: [.apt(["libisal-dev"])]),
    .target(name: "Locking"),

    .target(name: "VFS", dependencies: ["Locking"]),
    .target(name: "SigV4", dependencies: ["COpenSSL", "Locking"]),
    .target(name: "HTTPTransport", dependencies: ["CCurl", "Locking", log]),
    .target(name: "AmplifyOutputs"),
    .target(
      name: "Credentials", dependencies: ["AmplifyOutputs", "SigV4", "COpenSSL", "HTTPTransport", "Locking", log]),
    .target(name: "S3Client", dependencies: ["Credentials", "SigV4", "HTTPTransport", "Locking", log]),
    .target(name: "Transfer", dependencies: ["CISAL", "S3Client", "HTTPTransport", "Locking"]),
    .target(
      name: "WriteBackCache",
      dependencies: [
        "Transfer", "S3Client", "HTTPTransport", "Locking", .product(name: "HeapModule", package: "swift-collections"),
        log,
      ] + grdb),
    .target(
      name: "BucketFileSystem",
      dependencies: [
        "VFS", "WriteBackCache", "Transfer", "S3Client", "HTTPTransport", "AmplifyOutputs", "Locking",
        .product(name: "DequeModule", package: "swift-collections"), log,
      ]),
    .target(
      name: "Storage",
      dependencies: [
        "Transfer", "S3Client", "Credentials", "HTTPTransport", "SigV4", "AmplifyOutputs", "Locking", log,
      ]),
    .target(
      name: "Records",
      dependencies: ["Storage", "AmplifyOutputs", "HTTPTransport", "Credentials", "SigV4", "Locking", log] + grdb),
    .target(name: "FUSE", dependencies: ["VFS", "CFUSE", "Locking", log]),
    .target(
      name: "RecordFileSystem", dependencies: ["VFS", "Records", "Storage", "Transfer", "Locking", log]),
    .target(
      name: "Mount",
      dependencies: [
        "FUSE", "RecordFileSystem", "BucketFileSystem", "WriteBackCache", "Records", "Storage", "Transfer", "S3Client",
        "Credentials", "SigV4", "HTTPTransport", "VFS", "AmplifyOutputs", "Locking", log,
      ]),
    .executableTarget(
      name: "pail",
      dependencies: [
        "Mount", "Storage", "Records", "Credentials", "HTTPTransport", "AmplifyOutputs", "Locking", log, arguments,
      ]),

    .target(
      name: "TestSupport", dependencies: ["HTTPTransport", "VFS", "Locking", log], path: "Tests/TestSupport",
      exclude: ["s3tool.py"]),
    .testTarget(name: "TestSupportTests", dependencies: ["TestSupport"]),
    .testTarget(name: "LockingTests", dependencies: ["Locking", "TestSupport"]),
    .testTarget(name: "VFSTests", dependencies: ["VFS"]),
    .testTarget(name: "SigV4Tests", dependencies: ["SigV4", "COpenSSL"]),
    .testTarget(name: "HTTPTransportTests", dependencies: ["HTTPTransport", "TestSupport", "Locking", log]),
    .testTarget(name: "AmplifyOutputsTests", dependencies: ["AmplifyOutputs", "TestSupport"]),
    .testTarget(
      name: "CredentialsTests",
      dependencies: ["Credentials", "AmplifyOutputs", "SigV4", "HTTPTransport", "TestSupport", "Locking", log],
      exclude: ["Cognito/srp_vectors.py"]),
    .testTarget(
      name: "S3ClientTests",
      dependencies: ["S3Client", "Credentials", "SigV4", "HTTPTransport", "TestSupport", "Locking", log]),
    .testTarget(
      name: "TransferTests",
      dependencies: [
        "Transfer", "S3Client", "Credentials", "SigV4", "HTTPTransport", "Locking", log, "TestSupport",
      ]),
    .testTarget(
      name: "WriteBackCacheTests",
      dependencies: [
        "WriteBackCache", "Transfer", "S3Client", "Credentials", "SigV4", "HTTPTransport", "Locking", log,
        "TestSupport",
      ] + grdb),
    .testTarget(
      name: "BucketFileSystemTests",
      dependencies: [
        "BucketFileSystem", "WriteBackCache", "Transfer", "S3Client", "Credentials", "SigV4", "HTTPTransport", "VFS",
        "AmplifyOutputs", "Locking", log, "TestSupport",
      ]),
    .testTarget(
      name: "ReferenceModelTests",
      dependencies: [
        "BucketFileSystem", "WriteBackCache", "Transfer", "S3Client", "Credentials", "SigV4", "HTTPTransport", "VFS",
        "AmplifyOutputs", "Locking", log, "TestSupport",
      ]),
    .testTarget(
      name: "StorageTests",
      dependencies: [
        "Storage", "Transfer", "S3Client", "Credentials", "HTTPTransport", "SigV4", "AmplifyOutputs", "Locking", log,
        "TestSupport",
      ], exclude: ["Links/duckdb_copy.py"]),
    .testTarget(
      name: "RecordsTests",
      dependencies: [
        "Records", "Storage", "Credentials", "HTTPTransport", "SigV4", "AmplifyOutputs", "Locking", log, "TestSupport",
      ] + grdb),
    .testTarget(
      name: "RecordFileSystemTests",
      dependencies: [
        "RecordFileSystem", "Records", "Storage", "Transfer", "VFS", "Locking", log, "TestSupport",
      ]),
    .testTarget(name: "FUSETests", dependencies: ["FUSE", "VFS", "Locking", "TestSupport", log]),
    .testTarget(
      name: "MountTests",
      dependencies: [
        "Mount", "Records", "WriteBackCache", "S3Client", "HTTPTransport", "AmplifyOutputs", "Locking", "TestSupport",
        log,
      ]),
    .testTarget(name: "RecordCommandTests", dependencies: ["Records", "Storage", "TestSupport"]),
    .testTarget(name: "CrashTests", dependencies: ["TestSupport"]),
    .testTarget(name: "SemanticsTests", dependencies: ["TestSupport"]),
  ]
)

// One setting list for every Swift target: Swift 6 mode, and imports that say what they are for.
for target in package.targets where target.type != .system {
  target.swiftSettings = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
  ]
}

// What tests do to millions of bytes, and the reference model ten thousand times, is optimised in debug builds as well.
for target in package.targets where ["TestSupport", "ReferenceModelTests"].contains(target.name) {
  target.swiftSettings?.append(.unsafeFlags(["-O"], .when(configuration: .debug)))
}

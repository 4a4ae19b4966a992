// swift-tools-version: 6.3
import PackageDescription

// MARK: Libraries of others

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let jwtKit: Target.Dependency = .product(name: "JWTKit", package: "jwt-kit")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTPTypes: Target.Dependency = .product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let serviceLifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let tracing: Target.Dependency = .product(name: "Tracing", package: "swift-distributed-tracing")
let inMemoryTracing: Target.Dependency = .product(name: "InMemoryTracing", package: "swift-distributed-tracing")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

let dependencies: [Package.Dependency] = [
    .package(url: "https://github.com/apple/swift-argument-parser", .upToNextMinor(from: "1.8.2")),
    .package(url: "https://github.com/apple/swift-crypto", .upToNextMinor(from: "4.5.2")),
    .package(url: "https://github.com/apple/swift-distributed-tracing", .upToNextMinor(from: "1.7.3")),
    .package(url: "https://github.com/apple/swift-http-types", .upToNextMinor(from: "1.8.0")),
    .package(url: "https://github.com/apple/swift-log", .upToNextMinor(from: "1.16.2")),
    .package(url: "https://github.com/apple/swift-metrics", .upToNextMinor(from: "2.13.0")),
    .package(url: "https://github.com/apple/swift-nio", .upToNextMinor(from: "2.101.2")),
    .package(url: "https://github.com/apple/swift-nio-extras", .upToNextMinor(from: "1.35.2")),
    .package(url: "https://github.com/groue/GRDB.swift", .upToNextMinor(from: "7.10.0")),
    .package(url: "https://github.com/hummingbird-project/hummingbird", .upToNextMinor(from: "2.28.1"), traits: []),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", .upToNextMinor(from: "2.1.1")),
    .package(url: "https://github.com/jpsim/Yams", .upToNextMinor(from: "6.2.2")),
    .package(url: "https://github.com/swift-server/async-http-client", .upToNextMinor(from: "1.37.0")),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", .upToNextMinor(from: "2.13.0")),
    .package(url: "https://github.com/vapor/jwt-kit", .upToNextMinor(from: "5.7.1")),
]

// MARK: Products that other packages build on

let products: [Product] = [
    .executable(name: "almanac", targets: ["almanac"]),
    .library(name: "AlmanacStorage", targets: ["AlmanacStorage"]),
    .library(name: "AlmanacKernel", targets: ["AlmanacKernel"]),
    .library(name: "AlmanacSurface", targets: ["AlmanacSurface"]),
    .library(name: "AlmanacTestKit", targets: ["AlmanacTestKit"]),
    .library(name: "Bookings", targets: ["Bookings"]),
    .library(name: "BookingsAPI", targets: ["BookingsAPI"]),
    .library(name: "Messaging", targets: ["Messaging"]),
    .library(name: "MessagingAPI", targets: ["MessagingAPI"]),
]

// MARK: Targets, lowest first; a target may use only what stands above it

let core: [Target] = [
    .systemLibrary(name: "CLibPQ", path: "Core/CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "CArgon2", path: "Core/CArgon2", pkgConfig: "libargon2", providers: [.apt(["libargon2-dev"])]),
    .systemLibrary(
        name: "CCurl", path: "Core/CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(
        name: "CQREncode", path: "Core/CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
    .systemLibrary(name: "CZlib", path: "Core/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CMalloc", path: "Core/CMalloc"),
    .target(name: "CSpawn", path: "Core/CSpawn"),
    .target(name: "CStopSignals", path: "Core/CStopSignals"),
    .target(name: "CThreadDump", path: "Core/CThreadDump"),
    .target(
        name: "CCommonPasswords", path: "Core/CCommonPasswords", exclude: ["NOTICE.md", "common-passwords.txt"]),
    .target(
        name: "AlmanacStorage", dependencies: ["CLibPQ", crypto, grdb, grdbSQLite, logging], path: "Core/Storage",
        exclude: ["README.md"]),
    .target(
        name: "AlmanacKernel",
        dependencies: [
            "AlmanacStorage", "CArgon2", "CCommonPasswords", "CThreadDump", "CZlib", crypto, logging, metrics,
            serviceLifecycle,
            tracing,
        ],
        path: "Core/Kernel",
        exclude: [
            "README.md", "Accounts/README.md", "Audit/README.md", "Bus/README.md", "Identity/OIDC/README.md",
            "Jobs/README.md",
        ]),
    .target(
        name: "AlmanacSurface", dependencies: ["AlmanacKernel", "AlmanacStorage", crypto, logging, metrics, tracing],
        path: "Core/Surface",
        exclude: ["README.md"]),
    .target(
        name: "AlmanacTestKit",
        dependencies: ["AlmanacKernel", "AlmanacStorage", "AlmanacSurface", "CSpawn", crypto, logging],
        path: "Core/TestKit", exclude: ["README.md"]),
]

let plugins: [Target] = [
    .target(name: "BookingsAPI", dependencies: ["AlmanacKernel", "AlmanacStorage"], path: "Plugins/Bookings/API"),
    .target(
        name: "Bookings", dependencies: ["AlmanacKernel", "AlmanacStorage", "AlmanacSurface", "BookingsAPI"],
        path: "Plugins/Bookings/Bookings", exclude: ["Booking/README.md"]),
    .target(name: "MessagingAPI", dependencies: ["AlmanacKernel", "AlmanacStorage"], path: "Plugins/Messaging/API"),
    .target(
        name: "Messaging",
        dependencies: [
            "AlmanacKernel", "AlmanacStorage", "AlmanacSurface", "BookingsAPI", "MessagingAPI", logging, mustache,
        ],
        path: "Plugins/Messaging/Messaging"),
]

let host: [Target] = [
    .target(name: "AlmanacMail", dependencies: ["AlmanacKernel", "AlmanacStorage", "CCurl"], path: "Host/Mail"),
    .target(
        name: "AlmanacFetching",
        dependencies: ["AlmanacKernel", "AlmanacStorage", asyncHTTPClient, nioCore, nioHTTP1, nioPosix],
        path: "Host/Fetching"),
    .target(
        name: "AlmanacOIDC",
        dependencies: ["AlmanacFetching", "AlmanacKernel", "AlmanacStorage", asyncHTTPClient, jwtKit, nioHTTP1],
        path: "Host/OIDC"),
    .target(name: "CPageAssets", path: "Host/CPageAssets", exclude: ["pages"]),
    .target(
        name: "AlmanacPages",
        dependencies: [
            "AlmanacKernel", "AlmanacStorage", "AlmanacSurface", "CPageAssets", "CQREncode", crypto, mustache,
        ],
        path: "Host/Pages", exclude: ["README.md"]),
    .target(
        name: "AlmanacConsole",
        dependencies: ["AlmanacKernel", "AlmanacPages", "AlmanacStorage", "AlmanacSurface"], path: "Host/Console",
        exclude: ["README.md"]),
    .target(
        name: "AlmanacBookingPages",
        dependencies: ["AlmanacKernel", "AlmanacPages", "AlmanacStorage", "AlmanacSurface"],
        path: "Host/BookingPages", exclude: ["README.md"]),
    .target(
        name: "AlmanacAssembly",
        dependencies: [
            "AlmanacBookingPages", "AlmanacConsole", "AlmanacFetching", "AlmanacKernel", "AlmanacMail",
            "AlmanacMetrics", "AlmanacOIDC", "AlmanacPages", "AlmanacStorage", "AlmanacSurface", "Bookings",
            "BookingsAPI", "Messaging", crypto, logging, metrics, yams,
        ],
        path: "Host/Assembly"),
    .target(
        name: "AlmanacMetrics",
        dependencies: ["AlmanacKernel", "AlmanacStorage", "AlmanacSurface", crypto, metrics],
        path: "Host/Metrics"),
    .target(
        name: "AlmanacTracing", dependencies: ["AlmanacStorage", logging, tracing], path: "Host/Tracing",
        exclude: ["README.md"]),
    .target(
        name: "AlmanacServer",
        dependencies: [
            "AlmanacKernel", "AlmanacSurface", httpTypes, hummingbird, hummingbirdCore, logging, nioCore, nioHTTP1,
            nioHTTPTypes, nioPosix, serviceLifecycle,
        ],
        path: "Host/Server"),
    .executableTarget(
        name: "almanac",
        dependencies: [
            "AlmanacAssembly", "AlmanacKernel", "AlmanacMail", "AlmanacMetrics", "AlmanacServer", "AlmanacStorage",
            "AlmanacSurface", "AlmanacTracing", "CMalloc", "CStopSignals", argumentParser, logging, metrics,
            serviceLifecycle, tracing,
        ],
        path: "Host/CLI"),
    // Background work that never returns, for the test of the watchdog; not a part of the product.
    .executableTarget(
        name: "StuckHost", dependencies: ["AlmanacKernel", "AlmanacTestKit", serviceLifecycle],
        path: "Tests/StuckHost"),
    .executableTarget(
        name: "AlmanacBenchmarks",
        dependencies: [
            "AlmanacConsole", "AlmanacKernel", "AlmanacPages", "AlmanacStorage", "AlmanacSurface", "AlmanacTestKit",
            "Bookings", argumentParser, hummingbird, logging,
        ],
        path: "Benchmarks", exclude: ["README.md"]),
]

let tests: [Target] = [
    .testTarget(name: "StorageTests", dependencies: ["AlmanacStorage", "AlmanacTestKit"]),
    .testTarget(
        name: "KernelTests",
        dependencies: [
            "AlmanacKernel", "AlmanacStorage", "AlmanacSurface", "AlmanacTestKit", "StuckHost", crypto, logging,
            serviceLifecycle,
        ],
        exclude: ["Bus/Golden"]),
    .testTarget(
        name: "SurfaceTests",
        dependencies: ["AlmanacKernel", "AlmanacStorage", "AlmanacSurface", "AlmanacTestKit", logging]),
    .testTarget(
        name: "MetricsTests",
        dependencies: [
            "AlmanacKernel", "AlmanacMetrics", "AlmanacStorage", "AlmanacSurface", "AlmanacTestKit", metrics,
        ]),
    .testTarget(
        name: "TracingTests",
        dependencies: [
            "AlmanacKernel", "AlmanacStorage", "AlmanacSurface", "AlmanacTestKit", "AlmanacTracing", inMemoryTracing,
            logging, tracing,
        ]),
    .testTarget(
        name: "BookingsTests",
        dependencies: [
            "AlmanacKernel", "AlmanacStorage", "AlmanacSurface", "AlmanacTestKit", "Bookings", "BookingsAPI",
        ]),
    .testTarget(
        name: "MessagingTests",
        dependencies: [
            "AlmanacKernel", "AlmanacStorage", "AlmanacSurface", "AlmanacTestKit", "Bookings", "BookingsAPI",
            "Messaging", "MessagingAPI",
        ]),
    .testTarget(
        name: "BookingPagesTests",
        dependencies: [
            "AlmanacBookingPages", "AlmanacConsole", "AlmanacKernel", "AlmanacPages", "AlmanacStorage",
            "AlmanacSurface", "AlmanacTestKit", "Bookings", logging,
        ]),
    .testTarget(
        name: "ConsoleTests",
        dependencies: [
            "AlmanacConsole", "AlmanacKernel", "AlmanacPages", "AlmanacStorage", "AlmanacSurface", "AlmanacTestKit",
            "Bookings", logging,
        ]),
    .testTarget(
        name: "MailTests", dependencies: ["AlmanacKernel", "AlmanacMail", "AlmanacStorage", "AlmanacTestKit"],
        exclude: ["Counterparts"]),
    .testTarget(
        name: "FetchingTests",
        dependencies: [
            "AlmanacFetching", "AlmanacKernel", "AlmanacStorage", "AlmanacTestKit", "Bookings", "BookingsAPI",
        ],
        exclude: ["Counterparts"]),
    .testTarget(
        name: "OIDCTests", dependencies: ["AlmanacKernel", "AlmanacOIDC", "AlmanacStorage", "AlmanacTestKit"],
        exclude: ["Counterparts"]),
    .testTarget(
        name: "AssemblyTests",
        dependencies: [
            "AlmanacAssembly", "AlmanacKernel", "AlmanacMail", "AlmanacOIDC", "AlmanacStorage", "AlmanacSurface",
            "AlmanacTestKit", logging,
        ]),
    .testTarget(
        name: "SecurityTests",
        dependencies: [
            "AlmanacKernel", "AlmanacStorage", "AlmanacSurface", "AlmanacTestKit", "Bookings", "BookingsAPI",
            "Messaging", logging,
        ],
        exclude: ["Authorization/matrix.txt"]),
    .testTarget(
        name: "AcceptanceTests",
        dependencies: ["almanac", "AlmanacAssembly", "AlmanacKernel", "AlmanacStorage", "AlmanacTestKit"],
        exclude: ["Counterparts"]),
]

let package = Package(
    name: "almanac",
    products: products,
    dependencies: dependencies,
    targets: core + plugins + host + tests,
    swiftLanguageModes: [.v6])

// MARK: House rules, the same for every target

let houseRules: [SwiftSetting] = [
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0335-existential-any.md
    .enableUpcomingFeature("ExistentialAny"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0409-access-level-on-imports.md
    .enableUpcomingFeature("InternalImportsByDefault"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0444-member-import-visibility.md
    .enableUpcomingFeature("MemberImportVisibility"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0470-isolated-conformances.md
    .enableUpcomingFeature("InferIsolatedConformances"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0481-weak-let.md
    .enableUpcomingFeature("ImmutableWeakCaptures"),
    .treatAllWarnings(as: .error),
]
// A system library accepts no settings.
for target in package.targets where target.type != .system {
    target.swiftSettings = houseRules
}
// Storage and Kernel construct the transaction that cannot escape its closure; nobody else needs the flag.
for target in package.targets where ["AlmanacStorage", "AlmanacKernel"].contains(target.name) {
    target.swiftSettings?.append(.enableExperimentalFeature("Lifetimes"))
}

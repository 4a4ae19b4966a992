// swift-tools-version: 6.3
import PackageDescription

// A plugin of somebody else: a package of its own that sees public API only.
let almanac = "almanac"

let package = Package(
    name: "reviews",
    products: [.library(name: "Reviews", targets: ["Reviews"])],
    dependencies: [.package(name: almanac, path: "../..")],
    targets: [
        .target(
            name: "Reviews",
            dependencies: [
                .product(name: "AlmanacKernel", package: almanac),
                .product(name: "AlmanacStorage", package: almanac),
                .product(name: "AlmanacSurface", package: almanac),
                .product(name: "BookingsAPI", package: almanac),
            ]),
        .testTarget(
            name: "ReviewsTests",
            dependencies: [
                "Reviews",
                .product(name: "AlmanacKernel", package: almanac),
                .product(name: "AlmanacStorage", package: almanac),
                .product(name: "AlmanacSurface", package: almanac),
                .product(name: "AlmanacTestKit", package: almanac),
                .product(name: "Bookings", package: almanac),
                .product(name: "BookingsAPI", package: almanac),
            ]),
    ],
    swiftLanguageModes: [.v6])

for target in package.targets {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .treatAllWarnings(as: .error),
    ]
}

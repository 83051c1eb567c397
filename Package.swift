// swift-tools-version: 6.2
import Foundation
import PackageDescription

// The layer table: folders under Sources/ are the layers, lowest first. A module may use modules
// of lower layers only; Core modules may use the Core modules named before them.
let layers = ["Core", "Ports", "Parts", "Surfaces", "TestKits", "Programs"]

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

struct Module {
    var name: String
    var layer: String
    var folder: String
    var uses: [String] = []
    var products: [Target.Dependency] = []
    var resources: [Resource] = []
    var isProgram = false
}

func hummingbird(_ name: String = "Hummingbird") -> Target.Dependency {
    .product(name: name, package: "hummingbird")
}
let asyncHTTPClient = Target.Dependency.product(
    name: "AsyncHTTPClient",
    package: "async-http-client",
)
let argumentParser = Target.Dependency.product(
    name: "ArgumentParser",
    package: "swift-argument-parser",
)
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let jwt = Target.Dependency.product(name: "JWTKit", package: "jwt-kit")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let serviceLifecycle = Target.Dependency.product(
    name: "ServiceLifecycle",
    package: "swift-service-lifecycle",
)
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
func nio(_ name: String) -> Target.Dependency { .product(name: name, package: "swift-nio") }
let nioHTTPTypes = Target.Dependency.product(
    name: "NIOHTTPTypes",
    package: "swift-nio-extras",
)
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")

let modules: [Module] = [
    // Core: values and pure functions. No IO, clock, randomness or async.
    Module(name: "Model", layer: "Core", folder: "Core/Model"),
    Module(name: "Schedules", layer: "Core", folder: "Core/Schedules", uses: ["Model"]),
    Module(name: "Expressions", layer: "Core", folder: "Core/Expressions", uses: ["Model"]),
    Module(
        name: "Definitions",
        layer: "Core",
        folder: "Core/Definitions",
        uses: ["Model", "Schedules", "Expressions"],
    ),
    Module(
        name: "Language",
        layer: "Core",
        folder: "Core/Language",
        uses: ["Model", "Schedules", "Expressions", "Definitions"],
        products: [yams],
    ),
    Module(
        name: "Embedding",
        layer: "Core",
        folder: "Core/Embedding",
        uses: ["Model", "Expressions", "Definitions"],
    ),
    Module(
        name: "Alerting",
        layer: "Core",
        folder: "Core/Alerting",
        uses: ["Model", "Expressions", "Definitions", "Embedding"],
    ),
    Module(
        name: "Kernel",
        layer: "Core",
        folder: "Core/Kernel",
        uses: ["Model", "Expressions", "Definitions"],
    ),
    // Ports: protocols. ConnectorKit is the public SDK.
    Module(name: "StorePort", layer: "Ports", folder: "Ports/StorePort", uses: ["Model"]),
    Module(
        name: "ConnectorKit",
        layer: "Ports",
        folder: "Ports/ConnectorKit",
        uses: ["Model", "Expressions", "Definitions"],
    ),
    // Parts: siblings never meet.
    Module(
        name: "Engine",
        layer: "Parts",
        folder: "Engine",
        uses: [
            "Model", "Schedules", "Expressions", "Definitions", "Embedding", "Alerting", "Kernel",
            "StorePort", "ConnectorKit",
        ],
        products: [crypto, jwt, logging, serviceLifecycle, deque, heap],
    ),
    Module(
        name: "MemoryStore",
        layer: "Parts",
        folder: "Stores/MemoryStore",
        uses: ["Model", "StorePort"],
    ),
    Module(
        name: "SQLiteStore",
        layer: "Parts",
        folder: "Stores/SQLiteStore",
        uses: ["Model", "StorePort"],
        products: [grdb, grdbSQLite, logging],
        resources: [.embedInCode("Migrations")],
    ),
    Module(
        name: "Connectors",
        layer: "Parts",
        folder: "Connectors",
        uses: ["Model", "Expressions", "Definitions", "ConnectorKit"],
        products: [
            asyncHTTPClient, crypto, logging, nio("NIOCore"), nio("NIOHTTP1"), nio("NIOPosix"),
            nioSSL,
        ],
    ),
    // Surfaces: talk to the engine, never to a store's tables.
    Module(
        name: "HTTPAPI",
        layer: "Surfaces",
        folder: "Surfaces/HTTPAPI",
        uses: [
            "Model", "Definitions", "Embedding", "Alerting", "Kernel", "StorePort", "Engine",
        ],
        products: [
            hummingbird(), hummingbird("HummingbirdCore"), crypto, logging, httpTypes,
            nio("NIOCore"), nioHTTPTypes, serviceLifecycle,
        ],
    ),
    Module(
        name: "Sandbox",
        layer: "Surfaces",
        folder: "Surfaces/Sandbox",
        uses: ["Model"],
        products: [hummingbird(), logging, httpTypes, nio("NIOCore"), serviceLifecycle],
    ),
    Module(
        name: "CommandLine",
        layer: "Surfaces",
        folder: "Surfaces/CommandLine",
        uses: ["Model", "Expressions", "Definitions", "Language", "Kernel", "Engine"],
        products: [argumentParser, asyncHTTPClient, logging, nio("NIOCore"), serviceLifecycle],
    ),
    // TestKits: for tests only; no program links them.
    Module(
        name: "StoreTestKit",
        layer: "TestKits",
        folder: "TestKits/StoreTestKit",
        uses: ["Model", "StorePort"],
    ),
    // Programs: read configuration, wire, run.
    Module(
        name: "backstop",
        layer: "Programs",
        folder: "Programs/backstop",
        uses: [
            "Model", "Expressions", "Definitions", "Language", "Embedding", "StorePort",
            "ConnectorKit", "Engine", "MemoryStore", "SQLiteStore", "Connectors", "HTTPAPI",
            "Sandbox", "CommandLine",
        ],
        products: [argumentParser, logging, serviceLifecycle],
        isProgram: true,
    ),
]

/// Refuses an upward or sideways dependency, so that the tree keeps showing the architecture.
func checkLayers(_ modules: [Module]) {
    var seen: [String: Module] = [:]
    for module in modules {
        guard let own = layers.firstIndex(of: module.layer) else {
            fatalError("\(module.name): unknown layer \(module.layer)")
        }
        for name in module.uses {
            guard let used = seen[name], let other = layers.firstIndex(of: used.layer) else {
                fatalError("\(module.folder) must not use \(name): it stands later in the table")
            }
            if other > own || (other == own && module.layer != "Core") {
                fatalError("\(module.folder) must not use \(used.folder): same or higher layer")
            }
        }
        seen[module.name] = module
    }
}
checkLayers(modules)

struct Suite {
    var name: String
    var uses: [String]
    var products: [Target.Dependency] = []
    var exclude: [String] = []
}

/// Test targets mirror Sources; a folder that does not exist is a mistake SwiftPM reports.
let suites: [Suite] = [
    Suite(name: "ModelTests", uses: ["Model"]),
    Suite(name: "SchedulesTests", uses: ["Model", "Schedules"]),
    Suite(
        name: "SandboxTests",
        uses: ["Model", "Sandbox"],
        products: [asyncHTTPClient, logging, nio("NIOCore"), serviceLifecycle],
    ),
    Suite(
        name: "ConnectorsTests",
        uses: [
            "Model", "Expressions", "Definitions", "Language", "ConnectorKit", "Connectors",
            "Sandbox",
        ],
        products: [
            logging, nio("NIOCore"), nio("NIOHTTP1"), nio("NIOPosix"), nioSSL, serviceLifecycle,
        ],
    ),
    Suite(
        name: "EmbeddingTests",
        uses: ["Model", "Expressions", "Definitions", "Language", "Embedding"],
    ),
    Suite(
        name: "AlertingTests",
        uses: ["Model", "Expressions", "Definitions", "Language", "Embedding", "Alerting"],
    ),
    Suite(name: "CommandLineTests", uses: ["Model", "CommandLine"], products: [argumentParser]),
    Suite(name: "KernelTests", uses: ["Model", "Expressions", "Definitions", "Kernel"]),
    Suite(name: "ExpressionsTests", uses: ["Model", "Expressions"], exclude: ["Corpus"]),
    Suite(name: "LanguageTests", uses: ["Model", "Expressions", "Definitions", "Language"]),
    Suite(
        name: "EngineTests",
        uses: [
            "Model", "Expressions", "Definitions", "Language", "Embedding", "Alerting", "Kernel",
            "StorePort", "ConnectorKit", "Engine", "MemoryStore", "StoreTestKit",
        ],
        products: [crypto, cryptoExtras, jwt, logging, serviceLifecycle],
    ),
    Suite(
        name: "StoreContractTests",
        uses: ["Model", "StorePort", "MemoryStore", "SQLiteStore", "StoreTestKit"],
        products: [logging],
    ),
    Suite(
        name: "SQLiteStoreTests",
        uses: ["Model", "StorePort", "SQLiteStore"],
        products: [grdb, grdbSQLite, logging],
    ),
    Suite(
        name: "HTTPAPITests",
        uses: [
            "Model", "Definitions", "Embedding", "Language", "StorePort", "ConnectorKit", "Engine",
            "MemoryStore", "SQLiteStore", "Connectors", "HTTPAPI", "StoreTestKit",
        ],
        products: [
            asyncHTTPClient, crypto, jwt, logging, nio("NIOCore"), nio("NIOPosix"),
            serviceLifecycle,
        ],
    ),
    Suite(
        name: "WebhookTests",
        uses: [
            "Model", "Expressions", "Definitions", "Language", "Kernel", "StorePort",
            "ConnectorKit", "Engine", "MemoryStore",
        ],
        products: [crypto, logging, serviceLifecycle],
    ),
    Suite(name: "TidyTests", uses: ["Model"]),
]

var targets: [Target] = modules.map { module in
    let dependencies = module.uses.map { Target.Dependency.target(name: $0) } + module.products
    if module.isProgram {
        return .executableTarget(
            name: module.name,
            dependencies: dependencies,
            path: "Sources/\(module.folder)",
            resources: module.resources,
            swiftSettings: settings,
        )
    }
    return .target(
        name: module.name,
        dependencies: dependencies,
        path: "Sources/\(module.folder)",
        resources: module.resources,
        swiftSettings: settings,
    )
}
targets += suites.map { suite in
    .testTarget(
        name: suite.name,
        dependencies: suite.uses.map { .target(name: $0) } + suite.products,
        path: "Tests/\(suite.name)",
        exclude: suite.exclude,
        swiftSettings: settings,
    )
}

// Only scripts/check.d/20-fuzz builds it, elsewhere: its flags change every module it links.
if Context.environment["BACKSTOP_FUZZ"] == "1" {
    targets.append(
        .executableTarget(
            name: "backstop-fuzz",
            dependencies: [
                "Model", "Schedules", "Expressions", "Definitions", "Language", "Engine",
            ],
            path: "Fuzz",
            exclude: ["Dictionaries", "Seeds"],
            swiftSettings: settings,
        )
    )
}

let package = Package(
    name: "backstop",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "backstop", targets: ["backstop"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: targets,
)

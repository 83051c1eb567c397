import StorePort

/// The port's; GRDB has a class of this name.
typealias Record = StorePort.Record

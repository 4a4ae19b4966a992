/// What a template takes for something that may be missing: the thing, or `false`, which hides what stands around it.
package func orHidden<Thing>(_ thing: Thing?) -> Any { thing.map { $0 as Any } ?? false }

internal import ArgumentParser
internal import AlmanacServer
@main struct Almanac: ParsableCommand { func run() throws {} }

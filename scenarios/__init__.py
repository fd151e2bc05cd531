"""The bundled scenarios, one lesson a file; loopviz finds them by listing this package.

1  First steps
2  Ten items, each way
3  async for
4  Real I/O
"""

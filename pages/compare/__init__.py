"""The parts of the Compare page: the lanes, and one file for each view below them.

A view has one function, ``show(scene, text)``: what the visitor compares, and the language.
"""

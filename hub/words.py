"""The words of phones' names: harmless in front of a class, whichever two come together.

They are no texts of the screen, which a catalogue would translate: each language has its own. In
Portuguese no animal stands here that is also an insult, a joke or a party in Brazil.
"""

from __future__ import annotations

_ENGLISH = (
    """
    Agile Amber Attentive Azure Bold Brave Breezy Bright Calm Careful Cheerful Clever Cosmic
    Crystal Curious Daring Dashing Dreamy Eager Elegant Emerald Festive Friendly Gallant Generous
    Gentle Golden Graceful Happy Helpful Honest Indigo Inventive Joyful Keen Kind Lively Loyal
    Lucky Lunar Magic Mellow Merry Mighty Musical Nimble Noble Patient Playful Polar Polite Proud
    Quick Quiet Radiant Sapphire Serene Silver Sincere Solar Sparkling Splendid Starry Steady
    Stellar Sunny Swift Thoughtful Tidy Tropical Upbeat Violet Vivid Wise Witty
    """,
    """
    Albatross Alpaca Antelope Armadillo Badger Bison Bumblebee Butterfly Capybara Chameleon Cheetah
    Chinchilla Crane Cricket Dolphin Dragonfly Eagle Falcon Finch Firefly Flamingo Fox Gazelle
    Gecko Giraffe Hare Hedgehog Heron Hummingbird Ibex Iguana Jaguar Kingfisher Kiwi Koala Ladybug
    Lark Lemur Leopard Lion Llama Lynx Macaw Magpie Marmot Meerkat Moose Narwhal Nautilus Newt
    Ocelot Octopus Otter Owl Panda Parrot Pelican Penguin Platypus Puffin Puma Quail Rabbit Raven
    Reindeer Robin Salamander Seahorse Sparrow Squirrel Starfish Stork Swan Tiger Tortoise Toucan
    Turtle Wallaby Wolf Wombat Wren
    """,
)

# An adjective follows its noun in gender: o Tucano Calmo, a Arara Calma.
_MASCULINE = """
    Albatroz Alce Beija-Flor Bem-Te-Vi Bisão Camaleão Canário Canguru Caracol Caranguejo Cardeal
    Castor Cavalo-Marinho Cisne Coala Colibri Curió Esquilo Falcão Flamingo Golfinho Grilo Guará
    Guepardo Jabuti Jacaré João-de-Barro Leão Lêmure Leopardo Lince Lobo Narval Ouriço Panda Pardal
    Pelicano Pinguim Polvo Quati Quero-Quero Rinoceronte Rouxinol Sabiá Sagui Suricato Tamanduá
    Tangará Tatu Texugo Tico-Tico Tigre Tucano Tuiuiú Uirapuru Urutau Vaga-Lume
    """
_FEMININE = """
    Abelha Águia Alpaca Andorinha Arara Ariranha Arraia Capivara Chinchila Cigarra Coruja Cutia
    Estrela-do-Mar Formiga Gaivota Garça Girafa Harpia Iguana Jaguatirica Joaninha Lebre Lhama
    Libélula Lontra Maritaca Marmota Morsa Onça Orca Raposa Salamandra Seriema Tartaruga Vicunha
    """
# Masculine and feminine, where they differ.
_ADJECTIVES = """
    Ágil Alegre Amável Amigo/Amiga Animado/Animada Astuto/Astuta Atento/Atenta
    Aventureiro/Aventureira Azul Bondoso/Bondosa Brilhante Calmo/Calma Cantor/Cantora
    Colorido/Colorida Contente Corajoso/Corajosa Cósmico/Cósmica Criativo/Criativa
    Cuidadoso/Cuidadosa Curioso/Curiosa Destemido/Destemida Discreto/Discreta Dourado/Dourada
    Elegante Encantado/Encantada Engenhoso/Engenhosa Esperto/Esperta Estelar Fantástico/Fantástica
    Feliz Festivo/Festiva Galáctico/Galáctica Generoso/Generosa Genial Gentil Habilidoso/Habilidosa
    Honesto/Honesta Incrível Inventivo/Inventiva Leal Lendário/Lendária Ligeiro/Ligeira Lilás Lunar
    Mágico/Mágica Magnífico/Magnífica Musical Nobre Notável Otimista Paciente Pensativo/Pensativa
    Polar Prateado/Prateada Radiante Risonho/Risonha Sábio/Sábia Saltitante Sereno/Serena
    Simpático/Simpática Sincero/Sincera Solar Solidário/Solidária Sonhador/Sonhadora Sorridente
    Tranquilo/Tranquila Tropical Turquesa Valente Veloz Viajante Vibrante
    """


def _english() -> list[str]:
    adjectives, animals = map(str.split, _ENGLISH)
    return [f"{adjective} {animal}" for adjective in adjectives for animal in animals]


def _portuguese() -> list[str]:
    forms = [adjective.split("/") for adjective in _ADJECTIVES.split()]
    pairs = [(noun, 0) for noun in _MASCULINE.split()] + [(noun, -1) for noun in _FEMININE.split()]
    return [f"{noun} {adjective[gender]}" for noun, gender in pairs for adjective in forms]


NAMES = {"en": _english(), "pt": _portuguese()}
"""Language -> all names that there are."""
